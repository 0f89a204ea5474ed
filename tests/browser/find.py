"""Finds a Chromium or Chrome; `python -m tests.browser.find` prints it, and installs one where that is simple."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "~/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/opt/google/chrome/chrome",
    "/usr/lib/chromium/chromium",
    "/snap/bin/chromium",
)


def find_browser() -> str | None:
    """The program to run: the one that BROWSER_PATH names, else one on the PATH, else one where they usually are."""
    named = os.environ.get("BROWSER_PATH")
    if named:
        return named if Path(named).is_file() else None
    on_path = (shutil.which(name) for name in NAMES)
    elsewhere = (str(place) for place in (Path(text).expanduser() for text in PLACES) if place.is_file())
    return next((found for found in (*on_path, *elsewhere) if found), None)


def install() -> bool:
    """On Debian and its kin, as root, install the package `chromium`; elsewhere do nothing."""
    if not (shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0):
        return False
    quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
    for arguments in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", "chromium"]):
        if subprocess.run(["apt-get", *arguments], check=False, **quiet).returncode != 0:
            return False
    return True


def main() -> int:
    """Print the browser's path. Without one: exit code 1 when REQUIRE_BROWSER=1, else only a word of warning."""
    found = find_browser() or (find_browser() if install() else None)
    if found:
        print(f"Browser tests use {found}.")
        return 0
    print("No Chromium or Chrome was found. Install one, or name it by BROWSER_PATH.", file=sys.stderr)
    if os.environ.get("REQUIRE_BROWSER") == "1":
        return 1
    print("The browser tests will be skipped.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
