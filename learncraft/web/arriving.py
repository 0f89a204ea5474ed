"""Streamlit's page as a person gets it: in their language and theme from its first moment on.

Streamlit keeps the theme that was picked in the browser's store, by the address of the page. A line before its script
puts the person's own choice there, so that it holds on every device.
"""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Message, Scope, Send

from learncraft import language
from learncraft.accounts.viewer import Viewer
from learncraft.web import own_words

_HEAD = b"<head>"
_ROOT = b'<div id="root">'
_THEMES = {"light": '"Light"', "dark": '"Dark"'}
# The key of Streamlit 1.67. With another version tests/browser/test_preferences.py tells what has become of it.
_SCRIPT = """<script>
try {
  const key = `stActiveTheme-${location.pathname}-v2`;
  const theme = %s;
  if (theme) localStorage.setItem(key, JSON.stringify(theme));
  else localStorage.removeItem(key);
} catch {}
</script>"""
_ASKED_FOR = {b"accept-encoding", b"if-none-match", b"if-modified-since", b"range"}
_UNTRUE = ("etag", "last-modified", "content-length")  # of what is sent in the end


def unpacked(scope: Scope) -> Scope:
    """The request as one for the whole page as it lies, neither compressed nor answered with 'as you have it'."""
    kept = [(name, value) for name, value in scope["headers"] if name not in _ASKED_FOR]
    return {**scope, "headers": kept}


def in_their_way(viewer: Viewer, send: Send) -> Send:
    """What passes Streamlit's page on with the viewer's language and theme, and everything else as it is."""
    start: Message | None = None
    body = b""

    async def passed(message: Message) -> None:
        nonlocal start, body
        if message["type"] == "http.response.start" and _is_page(message):
            start = message
            return
        if start is None:
            await send(message)
            return
        body += message.get("body", b"")
        if message.get("more_body"):
            return
        if _ROOT in body:
            body = _dressed(body, viewer)
            headers = MutableHeaders(scope=start)
            for name in _UNTRUE:
                del headers[name]
            headers["content-length"] = str(len(body))
        await send(start)
        await send({"type": "http.response.body", "body": body})

    return passed


def _is_page(message: Message) -> bool:
    headers = Headers(raw=message["headers"])
    return (
        message["status"] == 200
        and headers.get("content-type", "").startswith("text/html")
        and "content-encoding" not in headers
    )


def _dressed(body: bytes, viewer: Viewer) -> bytes:
    script = f"{_SCRIPT % _THEMES.get(viewer.theme, 'null')}<script>{own_words.script(viewer.language)}</script>"
    body = body.replace(b'<html lang="en"', f'<html lang="{language.known(viewer.language)}"'.encode(), 1)
    return body.replace(_HEAD, _HEAD + script.encode(), 1)
