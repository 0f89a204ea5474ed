"""What goes wrong with a request is said in words, and only what is our failure is logged as one."""

from __future__ import annotations

import logging

import pytest
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from learncraft.settings import Settings
from learncraft.web.html import Pages
from learncraft.web.mishaps import exception_handlers
from learncraft.web.protection import FormTokens


async def closed(_request: Request) -> Response:
    raise ClientDisconnect


def test_a_page_that_is_closed_while_it_sends_is_no_failure_of_ours(caplog: pytest.LogCaptureFixture) -> None:
    pages = Pages(Settings(), FormTokens("of this test"))
    app = Starlette(routes=[Route("/", closed)], exception_handlers=exception_handlers(pages))
    with caplog.at_level(logging.INFO):
        assert TestClient(app).get("/").status_code == 400
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
