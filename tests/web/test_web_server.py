"""The service on a real port."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from citekit.store import Store

SECONDS_TO_START = 20
PROGRAM = "import sys; from citekit.web import server; server.run('127.0.0.1', int(sys.argv[1]))"


@pytest.fixture
def address(tmp_path):
    """The address of a server over an empty store in a file."""
    database = str(tmp_path / "papers.sqlite")
    Store.open(database).close()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {**os.environ, "CITEKIT_DATABASE": database}
    argv = [sys.executable, "-c", PROGRAM, str(port)]
    with subprocess.Popen(argv, env=environment, stdout=subprocess.DEVNULL) as server:
        yield f"http://127.0.0.1:{port}"
        server.terminate()


def test_the_server_answers(address):
    """The server runs the application over the store that the environment names."""
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            with urllib.request.urlopen(f"{address}/healthz") as response:  # noqa: S310
                assert response.read() == b'{"papers":0,"status":"ok"}\n'
                return
        except urllib.error.URLError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
