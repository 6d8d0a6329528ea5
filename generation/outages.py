"""What goes wrong between the rehearsal and its client: 429, 503, resets, half a body, garbage, silence.

    a request and the good body -> another response, or none for ever

An outage belongs to an attempt and not to a question, so that trying again helps.
"""

import asyncio
import socket
import struct

from aiohttp import web

from generation.tgi_requests import Rejected

OUTAGES = ("overloaded", "retry_after", "unavailable", "reset", "half", "garbage", "empty")
RARE = ("slow", "silence")  # they cost a client much time, so they come only where they are named
SLOW = 10.0  # times the usual delay, and
SLOWEST = 1.0  # seconds more
RETRY_AFTER = "1"  # seconds
FOREVER = 86_400.0  # seconds
PAGE = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


def refusal(kind: str) -> web.Response | None:
    """The response of an outage that is only a status; None for the others."""
    if kind in ("overloaded", "retry_after"):
        headers = {"Retry-After": RETRY_AFTER} if kind == "retry_after" else {}
        return web.json_response(
            {"error": "Model is overloaded", "error_type": "overloaded"}, status=429, headers=headers
        )
    if kind == "unavailable":
        return web.json_response({"error": "Service Unavailable", "error_type": "generation"}, status=503)
    return None


def rejected(problem: Rejected) -> web.Response:
    """The response to a request that is not taken, whoever asks it again."""
    if problem.kind is None:
        return web.Response(text=problem.error, status=problem.status)
    return web.json_response({"error": problem.error, "error_type": problem.kind}, status=problem.status)


async def broken(request: web.BaseRequest, kind: str, body: bytes) -> web.StreamResponse:
    """A response that is none: reset, half a body, garbage or silence."""
    if kind == "garbage":
        text = PAGE if len(body) % 2 else body[: len(body) // 3]
        return web.Response(body=text, content_type="application/json")
    transport = request.transport
    if kind == "half":
        response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(body))})
        await response.prepare(request)
        await response.write(body[: len(body) // 2])
        if transport is not None:
            transport.close()
    elif kind == "reset" and transport is not None:
        connection = transport.get_extra_info("socket")
        # Closing without lingering sends a reset instead of an end.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    # The connection's end cancels this; what is silent waits for it.
    await asyncio.sleep(FOREVER)
    raise web.HTTPServiceUnavailable
