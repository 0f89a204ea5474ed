"""Streamlit's own protocol, spoken by the benchmark: what a browser does, without drawing it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import websockets
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a page: how long until it was finished, what was sent, and what it showed instead of itself."""

    milliseconds: float
    received_bytes: int
    exception: str | None
    errors: tuple[str, ...]


async def run_once(socket: websockets.ClientConnection, page: str, query: str) -> Run:
    """Ask for a page, and wait until its script has finished."""
    message = BackMsg()
    message.rerun_script.page_name = page
    message.rerun_script.query_string = query
    started, received = time.perf_counter(), 0
    exception: str | None = None
    errors: list[str] = []
    await socket.send(message.SerializeToString())
    while True:
        data = await socket.recv()
        assert isinstance(data, bytes)
        received += len(data)
        forward = ForwardMsg()
        forward.ParseFromString(data)
        match forward.WhichOneof("type"):
            case "delta" if forward.delta.WhichOneof("type") == "new_element":
                element = forward.delta.new_element
                if element.WhichOneof("type") == "exception":
                    exception = exception or element.exception.message
                elif element.WhichOneof("type") == "alert" and element.alert.format == Alert.ERROR:
                    errors.append(element.alert.body)
            case "script_finished":
                elapsed = (time.perf_counter() - started) * 1000
                return Run(elapsed, received, exception, tuple(errors))


async def visit(
    url: str, cookie: str, page: str, query: str, *, reruns: int, think: float = 0.0, gate: asyncio.Event | None = None
) -> list[Run]:
    """One browser tab: the first run warms up and is not counted, then `reruns` more."""
    origin = url.replace("ws://", "http://").split("/_stcore")[0]
    async with websockets.connect(
        url, subprotocols=["streamlit"], additional_headers={"Cookie": cookie}, origin=origin, max_size=None
    ) as socket:
        first = await asyncio.wait_for(run_once(socket, page, query), 60)
        if gate is not None:
            await gate.wait()
        runs = []
        for _ in range(reruns):
            runs.append(await asyncio.wait_for(run_once(socket, page, query), 60))
            await asyncio.sleep(think)
        if first.exception:
            runs.append(first)
        return runs


async def together(url: str, cookie: str, page: str, query: str, *, sessions: int, reruns: int) -> list[Run]:
    """Several tabs at once; they begin to count together."""
    gate = asyncio.Event()
    tabs = [asyncio.create_task(visit(url, cookie, page, query, reruns=reruns, gate=gate)) for _ in range(sessions)]
    await asyncio.sleep(0.2)
    gate.set()
    return [run for runs in await asyncio.gather(*tabs) for run in runs]
