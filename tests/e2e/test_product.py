"""The whole product as people start it: ready, wounded, revived, ended without a trace."""

import http.client
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from facemark.testing.product import RunningProduct, running_product, start_product

pytestmark = pytest.mark.slow
GONE_WITHIN_S = 10.0
"""Generous to a busy machine; the pipe itself closes at once."""


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningProduct]:
    with running_product(tmp_path_factory.mktemp("data")) as running:
        yield running


def get(url: str, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
    address = urlsplit(url)
    assert address.hostname is not None
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode()
    finally:
        connection.close()


def enter(link: str) -> str:
    """The cookie the printed link is exchanged for."""
    address = urlsplit(link)
    status, headers, _ = get(link, f"{address.path}?{address.query}")
    assert (status, headers["location"]) == (303, "/")
    return headers["set-cookie"].partition(";")[0]


def child(product: RunningProduct, name: str) -> psutil.Process:
    supervisor = psutil.Process(product.process.pid)
    return next(p for p in supervisor.children() if p.cmdline()[-1] == name)


def test_it_says_that_it_is_ready_and_where(product: RunningProduct) -> None:
    assert "Ready. FaceMark Pro" in product.output
    assert get(product.gate_url, "/ready")[0] == 200
    assert get(product.gate_url, "/healthz")[0] == 200
    assert get(product.link, "/healthz")[0] == 200


@pytest.mark.parametrize(
    "path",
    ["/", "/outbox", "/_stcore/health", "/_stcore/host-config", "/_stcore/agent/openapi.json"],
)
def test_every_route_of_the_dashboard_is_behind_the_door(
    product: RunningProduct, path: str
) -> None:
    assert get(product.link, path)[0] == 401
    assert get(product.link, path, Cookie=enter(product.link))[0] == 200


def upgrade(link: str, cookie: str, origin: str) -> int:
    """The status by which Streamlit's own WebSocket answers."""
    address = urlsplit(link)
    lines = [
        "GET /_stcore/stream HTTP/1.1",
        f"Host: {address.netloc}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        f"Origin: {origin}",
        f"Cookie: {cookie}",
    ]
    with socket.create_connection((address.hostname or "", address.port or 0), 30) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        return int(connection.recv(64).split()[1])


def test_the_websocket_of_the_dashboard_is_behind_the_door(product: RunningProduct) -> None:
    cookie, own = enter(product.link), f"http://{urlsplit(product.link).netloc}"
    assert upgrade(product.link, "", own) == 401
    assert upgrade(product.link, cookie, "http://evil.example") == 403
    assert upgrade(product.link, cookie, own) == 101


def test_a_second_start_on_the_folder_is_refused(product: RunningProduct) -> None:
    data = Path(psutil.Process(product.process.pid).environ()["FACEMARK_DATA"])
    second = start_product(data)
    assert second.wait() == 5
    assert f"already_running: FaceMark already runs on the data folder {data}" in second.wait_for(
        f"process {product.process.pid}"
    )


def test_a_killed_child_is_revived(product: RunningProduct) -> None:
    killed = child(product, "gate")
    killed.kill()
    product.wait_for("gate ended unexpectedly")
    wait_until_ready(product)
    assert child(product, "gate").pid != killed.pid


def wait_until_ready(product: RunningProduct) -> None:
    for _ in range(100_000):
        try:
            if get(product.gate_url, "/ready")[0] == 200:
                return
        except OSError:
            continue
    pytest.fail("the gate did not come back")


def test_the_logs_hold_no_token(product: RunningProduct) -> None:
    enter(product.link)
    data = Path(psutil.Process(product.process.pid).environ()["FACEMARK_DATA"])
    token = urlsplit(product.link).query.partition("=")[2]
    logs = {log.name: log.read_text() for log in (data / "logs").glob("*.log*")}
    assert set(logs) == {"gate.log", "dashboard.log", "worker.log"}
    assert not any(token in text for text in logs.values())


def test_a_silent_worker_makes_it_not_ready(tmp_path: Path) -> None:
    with running_product(tmp_path) as running:
        heartbeat = tmp_path / "run" / "worker.heartbeat"
        supervisor = psutil.Process(running.process.pid)
        supervisor.suspend()
        try:
            worker = child(running, "worker")
            worker.kill()
            os.utime(heartbeat, (0, 0))
            status, _, body = get(running.gate_url, "/ready")
        finally:
            supervisor.resume()
    assert status == 503
    assert json.loads(body)["missing"] == [{"part": "worker", "code": "worker_silent"}]


def test_ending_leaves_no_process(tmp_path: Path) -> None:
    with running_product(tmp_path) as running:
        children = psutil.Process(running.process.pid).children()
        assert len(children) == 3
        assert running.end() == 0
        assert "FaceMark has ended." in running.wait_for("ended")
    assert psutil.wait_procs(children, GONE_WITHIN_S)[1] == []


def test_killing_the_supervisor_leaves_no_orphan(tmp_path: Path) -> None:
    with running_product(tmp_path) as running:
        children = psutil.Process(running.process.pid).children()
        running.process.kill()
        running.wait()
        assert psutil.wait_procs(children, GONE_WITHIN_S)[1] == []


def test_a_taken_port_is_refused_with_the_fix(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        product = start_product(tmp_path, f"--dashboard-port={port}")
        assert product.wait() == 5
        assert f"port_in_use: port {port} on 127.0.0.1" in product.wait_for("--dashboard-port")
