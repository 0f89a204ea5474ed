"""How Streamlit is set up, whatever folder the command was started in and whatever the person's own files say."""
# ruff: noqa: PLC0415  # heavy imports wait until the command that needs them runs

from __future__ import annotations

import hashlib
import hmac
import logging
import sys
from functools import cache
from typing import Any

from learncraft.paths import root
from learncraft.secrets import secret_key
from learncraft.settings import Settings


def configure(settings: Settings, *, dev: bool) -> None:
    """Apply our theme and options. Called before the first Streamlit App of the process is made."""
    import streamlit.config
    import streamlit.logger
    import streamlit.net_util

    # Pages import each other by `pages.…`, which lie beside app.py and not in the package.
    if str(root()) not in sys.path:
        sys.path.insert(0, str(root()))
    streamlit.logger.setup_formatter = _into_our_log
    streamlit.logger.update_formatter()
    # Streamlit would also read the current folder's files and those in ~/.streamlit, which belong to other programs.
    streamlit.config.get_config_files = lambda file_name: [str(root() / ".streamlit" / file_name)]
    streamlit.config._main_script_path = str(root() / "app.py")
    streamlit.config.get_config_options(force_reparse=True, options_from_flags=_options(settings, dev=dev))
    if not dev:
        _keep_theme()
    # A websocket from a foreign page would make Streamlit ask a server abroad for our address, and wait for it.
    streamlit.net_util._external_ip = "none"


def _into_our_log(logger: logging.Logger) -> None:
    """Streamlit gives each of its loggers a stream of its own; ours go to the log file only."""
    logger.handlers.clear()
    logger.propagate = True


def _keep_theme() -> None:
    """Put the theme together once. Streamlit reads its 300 options at each run of each page, to send the same again."""
    from streamlit.proto.NewSession_pb2 import CustomThemeConfig
    from streamlit.runtime import app_session

    read = app_session._populate_theme_msg

    @cache
    def section_of(section: str) -> CustomThemeConfig:
        found = CustomThemeConfig()
        read(found, section)
        return found

    def put(msg: CustomThemeConfig, section: str = "theme") -> None:
        found = section_of(section)
        if found.ByteSize():  # an empty section stays one that isn't there
            msg.MergeFrom(found)

    app_session._populate_theme_msg = put


def _options(settings: Settings, *, dev: bool) -> dict[str, Any]:
    key = secret_key(settings).encode()
    return {
        # Measured: the watcher and the collection after each run cost 40 ms of each rerun (docs/architecture.md).
        "server.fileWatcherType": "auto" if dev else "none",
        "server.runOnSave": dev,
        "runner.postScriptGC": False,
        "runner.magicEnabled": False,
        "global.developmentMode": False,  # this is about Streamlit's own development
        "browser.gatherUsageStats": False,
        "server.headless": True,
        "server.cookieSecret": hmac.new(key, b"streamlit cookies", hashlib.sha256).hexdigest(),
        "client.toolbarMode": "developer" if dev else "minimal",
        "client.showErrorDetails": "full" if dev else "none",
        "client.showErrorLinks": False,
        "logger.level": settings.log_level,
        "logger.enableRich": False,
        "logger.hideWelcomeMessage": True,
    }
