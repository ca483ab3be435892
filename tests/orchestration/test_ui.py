"""`make ui`: the URL is told once it answers."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from orchestration.ui import answers


class _Dagster(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/server_info" else 404)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Dagster) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_server_that_is_there_answers(url: str) -> None:
    assert answers(url)
    assert not answers(f"{url}/elsewhere")


def test_a_port_that_nobody_listens_on_does_not_answer() -> None:
    with HTTPServer(("127.0.0.1", 0), _Dagster) as server:
        port = server.server_port
    assert not answers(f"http://127.0.0.1:{port}")
