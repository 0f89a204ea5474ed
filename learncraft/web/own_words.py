"""What Streamlit says by itself, in the reader's language: it has no translations of its own.

A script in the page, static/own_words.js, puts our words in the places of Streamlit's. The English ones are those of
Streamlit 1.67; with another version tests/browser/test_preferences.py tells which of them are gone.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from learncraft import language
from learncraft.language import Spoken, _

_SCRIPT = Path(__file__).parent / "static" / "own_words.js"
# By Streamlit's words.
_WORDS = Spoken(
    {
        "Upload": "Choose a file",
        "Drag and drop a file here": "Put the file here",
        "Drag and drop files here": "Put the files here",
        "Add files": "Add files",
        "Connection lost. Please wait for the app to reconnect, then try again.": "The line is lost. Try again.",
        "File type not allowed.": "Files of this type are not taken.",
        "Press Enter to apply": "Enter takes it over",
        "Press Ctrl+Enter to apply": "Ctrl+Enter takes it over",
        "Press ⌘+Enter to apply": "⌘+Enter takes it over",
        "Press Enter to submit form": "Enter sends it",
        "Press Ctrl+Enter to submit form": "Ctrl+Enter sends it",
        "Press ⌘+Enter to submit form": "⌘+Enter sends it",
        "No results": "Nothing found",
        "Choose an option": "Choose",
        "Choose options": "Choose",
        "No options to select": "Nothing to choose",
        "Select all": "Choose all",
        "Clear all": "Clear all",
        "Clear value": "Clear",
        "Clear selection": "Clear the selection",
        "Clear dates": "Clear the days",
        "Clear date": "Clear the day",
        "yyyy": "yyyy",
        "mm": "mm",
        "dd": "dd",
        "Choose date": "Choose a day",
        "Choose date range": "Choose days",
        "Previous month": "Month before",
        "Next month": "Month after",
        "Previous page": "Page before",
        "Next page": "Page after",
        "Pagination": "Pages",
        "Download as CSV": "Download as CSV",
        "Search": "Search",
        "Fullscreen": "Full screen",
        "Close fullscreen": "End full screen",
        "Show/hide columns": "Show and hide columns",
        "Dataframe column menu": "Menu of the column",
        "Sort ascending": "Sort upwards",
        "Sort descending": "Sort downwards",
        "Statistics": "Statistics",
        "Autosize": "Fit the width",
        "Pin column": "Hold the column",
        "Unpin column": "Let the column go",
        "Hide column": "Hide the column",
        "Format": "Format",
        "Type to search": "Type to search",
        "Next Result": "Next place",
        "Previous Result": "Place before",
        "Close Search": "End the search",
        "Show password": "Show the password",
        "Hide password": "Hide the password",
        "Increment": "More",
        "Decrement": "Less",
        "Copy to clipboard": "Copy",
        "Send message": "Send",
        "Close": "Close",
        "Open": "Unfold",
        "Main menu": "Main menu",
        "Skip to main content": "To the content",
        "Navigate to home page": "To your first page",
        "Expand sidebar": "Unfold the menu",
        "Collapse sidebar": "Fold the menu",
        "App pages": "Pages",
        "Sidebar": "Menu",
        "Notifications": "Messages",
        "Link to heading": "Address of this heading",
        "Scroll tabs left": "Tabs to the left",
        "Scroll tabs right": "Tabs to the right",
        "Space": "Space",
        "Running...": "At work",
        "Page not found": "Not found",
        "The page that you have requested does not seem to exist. Running the app's main page.": (
            "There is no such page. You are on your first page instead."
        ),
        "Connection error": "The line is lost",
        "Connecting": "Connecting",
        "Stop script": "Stop",
        "Use arrow keys to navigate dates. Enter to select. Escape to close.": (
            "Arrow keys go from day to day, Enter chooses, Escape closes."
        ),
    }
)


def script(spoken: str) -> str:
    """The script of the page for a reader of this language."""
    with language.speaking(spoken):
        source = language.current() == language.SOURCE
        given = [language.current(), None if source else dict(_WORDS), [] if source else _patterns()]
    said = ", ".join(json.dumps(one, ensure_ascii=False).replace("</", "<\\/") for one in given)
    return f"{_text()}({said});"


def _patterns() -> list[tuple[str, str]]:
    """Words of Streamlit's with something in them, and what is said instead."""
    return [
        (r"(?<size>[\d.]+ ?[KMGT]?B) per file", _("Up to {size} each")),
        (r"(?<type>\S+) files are not allowed\.", _("{type} files are not taken.")),
        (r"File must be (?<size>.+) or smaller\.", _("The file may have {size} at most.")),
        (r"Upload (?<what>.+)", _("Choose a file: {what}")),
        (r"Remove (?<what>.+)", _("Remove {what}")),
        (r"Choose date, (?<month>.+)", _("Choose a day, {month}")),
        (r"day, (?<label>.+)", _("Day, {label}")),
        (r"month, (?<label>.+)", _("Month, {label}")),
        (r"year, (?<label>.+)", _("Year, {label}")),
        (r"Help for (?<what>.+)", _("Help about {what}")),
        (r"Page (?<number>\d+)", _("Page {number}")),
    ]


@cache
def _text() -> str:
    return _SCRIPT.read_text(encoding="utf-8").strip()
