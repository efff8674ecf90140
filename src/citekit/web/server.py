"""The service on a port of this machine."""

from __future__ import annotations

import os
import socket
from typing import Final

from citekit.web import create_app

# Formatting holds the interpreter, so many threads only wait for each other; a slow client who
# takes a long list holds one of them.
THREADS: Final = 2 * (os.cpu_count() or 2)


def check_free(host: str, port: int) -> None:
    """Raises OSError when another server has the port: Granian would share it in silence."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError as error:
            raise OSError(error.errno, f"{error.strerror}: {host}:{port}") from None


def run(host: str, port: int, *, workers: int = 1, dev: bool = False) -> None:
    """Serves until it is stopped; *dev* is Flask's server, which reloads and shows its faults."""
    if dev:
        create_app().run(host, port, debug=True)
        return
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        f"{create_app.__module__}:{create_app.__name__}",
        host,
        port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        backpressure=THREADS,
        factory=True,
        websockets=False,
        log_access=True,
    ).serve()
