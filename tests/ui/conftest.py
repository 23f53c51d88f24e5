"""Pages over a real data folder: the cast of every test, on its Monday."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from facemark.bootstrap import App, build_app
from facemark.config import Settings
from facemark.domain.ids import ScanId
from facemark.domain.people import Institution
from facemark.domain.scans import Direction, Scan, ScanMethod
from facemark.services.checkin import record_scans
from facemark.services.outbox import dispatch_due
from facemark.services.settling import settle_due
from facemark.services.tenant import Tenant
from facemark.testing.cast import ALICE, MONDAY, SCHOOL, at, cast_id, found_school
from facemark.testing.clock import VirtualClock
from facemark.ui import gateway

MAIN = Path(gateway.__file__).with_name("main.py")


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    """The folder the pages read, too."""
    monkeypatch.setenv("FACEMARK_DATA", str(tmp_path))
    st.cache_resource.clear()
    st.cache_data.clear()
    app = build_app(Settings(data=tmp_path))
    yield app
    app.close()
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def monday(app: App) -> App:
    """Alice came at 07:58; Bob, whose guardian is Dana, and Charlie did not; 5A is unwatched."""
    found_monday(app, SCHOOL)
    return app


def found_monday(app: App, draft: Institution) -> Tenant:
    school = found_school(app.store, draft)
    clock = VirtualClock(at(9))
    tenant = Tenant(app.store, school.id, clock, "test")
    seen = at(7, 58)
    scan = Scan(
        ScanId(cast_id(f"scan {school.id}")),
        ALICE.id,
        ScanMethod.FACE,
        Direction.IN,
        seen,
        seen,
        "main door",
        similarity=0.71,
        threshold=0.41,
    )
    record_scans(tenant, [scan])
    settle_due(tenant, at=at(9))
    clock.at = at(9, 30)
    dispatch_due(tenant, app.senders(), worker="test")
    return tenant


@pytest.fixture
def visit(app: App) -> Callable[..., AppTest]:
    def open_page(page: str = "today", **query: str) -> AppTest:
        test = AppTest.from_file(str(MAIN), default_timeout=60)
        for name, value in query.items():
            test.query_params[name] = value
        test.run()
        if page != "today":
            test.switch_page(f"views/{page}.py").run()
        assert not test.exception
        return test

    return open_page


def shown(test: AppTest) -> str:
    """All HTML and text of the page, one piece per line."""
    pieces = [element.proto.body for element in test.get("html")]
    pieces += [element.value for element in (*test.markdown, *test.code)]
    return "\n".join(pieces)


ON_MONDAY = MONDAY.isoformat()
