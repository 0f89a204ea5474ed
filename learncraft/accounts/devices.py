"""What a browser tells of itself and its place, as people say it."""

from __future__ import annotations

from ipaddress import ip_address

from learncraft.language import _

_BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


def device_in_words(user_agent: str | None) -> str:
    """A browser and its system, such as "Firefox on Windows", as far as the browser tells."""
    agent = user_agent or ""
    browser = next((name for mark, name in _BROWSERS.items() if f"{mark}/" in agent), None)
    system = next((name for mark, name in _SYSTEMS.items() if mark in agent), None)
    if browser and system:
        return _("{browser} on {system}", browser=browser, system=system)
    return browser or system or _("Unknown device")


def cut_agent(user_agent: str | None) -> str | None:
    """The user agent as the database can keep it."""
    return user_agent.replace("\0", "")[:255] if user_agent else None


def valid_address(text: str | None) -> str | None:
    """The IP address, if it is one: behind some proxies a name or nothing arrives."""
    try:
        return str(ip_address(text)) if text else None
    except ValueError:
        return None
