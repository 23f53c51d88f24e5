"""What the gate answers to those who watch over it, and to those who are lost."""

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from facemark.domain.errors import Unavailable
from facemark.web.access import AccessPolicy
from facemark.web.gate import build_gate
from facemark.web.readiness import Readiness, require_beat

POLICY = AccessPolicy("token", "gate")


def fine() -> None:
    return None


def broken() -> None:
    raise Unavailable("schema_outdated", "the database is older", "start `facemark up`")


def gate(*checks: Callable[[], object], cookie: bool = True) -> TestClient:
    readiness = Readiness(tuple((f"part{i}", check) for i, check in enumerate(checks)))
    app = build_gate(readiness, POLICY, dashboard_port=8601)
    cookies = {POLICY.cookie_name: POLICY.cookie_value} if cookie else {}
    return TestClient(app, base_url="http://127.0.0.1:8600", cookies=cookies)


def test_alive_says_nothing_about_the_rest() -> None:
    answer = gate(broken, cookie=False).get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


def test_ready_when_every_part_is() -> None:
    answer = gate(fine, fine, cookie=False).get("/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


def test_not_ready_names_what_is_missing_and_what_to_do() -> None:
    answer = gate(fine, broken, cookie=False).get("/ready")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["code"] == "not_ready"
    assert body["missing"] == [{"part": "part1", "code": "schema_outdated"}]
    assert body["hint"] == "start `facemark up`"


@pytest.mark.parametrize("age_s", [0.0, 30.0])
def test_a_worker_that_reported_lately_is_at_work(age_s: float) -> None:
    require_beat(age_s, 30.0)


@pytest.mark.parametrize("age_s", [None, 30.5])
def test_a_silent_worker_is_missed(age_s: float | None) -> None:
    with pytest.raises(Unavailable, match="worker_silent"):
        require_beat(age_s, 30.0)


def test_the_start_page_points_to_the_dashboard_on_the_same_host() -> None:
    answer = gate().get("/")
    assert 'href="http://127.0.0.1:8601/?access=token"' in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_an_unknown_page_is_a_coded_problem() -> None:
    answer = gate().get("/nowhere")
    assert (answer.status_code, answer.json()["code"]) == (404, "page_unknown")


def test_a_wrong_method_is_a_coded_problem() -> None:
    answer = gate().post("/healthz")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


def test_a_crash_tells_the_caller_nothing_about_it() -> None:
    def crash() -> None:
        raise RuntimeError("Alice Adams +442079460001")

    client = gate(crash)
    client = TestClient(client.app, base_url="http://127.0.0.1:8600", raise_server_exceptions=False)
    answer = client.get("/ready")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "Alice" not in answer.text


@pytest.mark.parametrize("path", ["/", "/healthz", "/nowhere"])
def test_every_answer_carries_the_security_headers(path: str) -> None:
    headers = gate().get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]
