"""Rounds of the worker over a real SQLite store."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from facemark.adapters.system.heartbeat import Heartbeat
from facemark.bootstrap import App, build_app
from facemark.config import Settings
from facemark.domain.ids import InstitutionId
from facemark.domain.notices import MessageState
from facemark.domain.people import Institution, InstitutionKind
from facemark.jobs.rounds import for_each_institution, run_round
from facemark.jobs.worker import beat_after_round
from facemark.services.outbox import list_outbox
from facemark.services.settling import settle_due
from facemark.services.tenant import Tenant
from facemark.testing.cast import at, found_school
from facemark.testing.clock import VirtualClock

ELM = Institution(InstitutionId(0), "Elm School", InstitutionKind.SCHOOL, "en", hold_min=0)
OAK = Institution(InstitutionId(0), "Oak School", InstitutionKind.SCHOOL, "en", hold_min=0)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(at(9))


@pytest.fixture
def app(tmp_path: Path, clock: VirtualClock) -> Iterator[App]:
    """Two schools where the door was watched and nobody came."""
    built = build_app(Settings(data=tmp_path))
    app = App(built.settings, built.store, clock)
    for draft in (ELM, OAK):
        school = found_school(app.store, draft)
        with app.store.write(school.id) as uow:
            uow.scans.record_presence("main door", at(7), at(9))
            uow.commit()
    yield app
    app.close()


def states(app: App) -> list[list[MessageState]]:
    return [
        [entry.state for entry in list_outbox(app.tenant(school.id))]
        for school in app.list_institutions()
    ]


def test_one_round_settles_and_delivers_in_every_institution(app: App) -> None:
    run_round(app, worker="w1")
    assert states(app) == [[MessageState.SENT], [MessageState.SENT]]


def test_another_round_adds_nothing(app: App) -> None:
    for _ in range(3):
        run_round(app, worker="w1")
    assert states(app) == [[MessageState.SENT], [MessageState.SENT]]


def test_before_the_cut_off_nothing_happens(app: App, clock: VirtualClock) -> None:
    clock.at = at(8, 29)
    run_round(app, worker="w1")
    assert states(app) == [[], []]


def test_trouble_in_one_institution_does_not_stop_the_next(
    app: App, caplog: pytest.LogCaptureFixture
) -> None:
    sick = app.list_institutions()[0].id

    def work(tenant: Tenant) -> None:
        if tenant.institution == sick:
            raise ValueError("Alice Adams +442079460001")
        settle_due(tenant)

    with caplog.at_level(logging.ERROR, "facemark.worker"):
        for_each_institution(app, "settle", work)
    assert states(app) == [[], [MessageState.QUEUED]]
    assert f"institution={sick} error=ValueError at" in caplog.text
    assert "Alice" not in caplog.text


def test_a_finished_round_is_a_sign_of_life(app: App, tmp_path: Path) -> None:
    heartbeat = Heartbeat(tmp_path / "run" / "worker.heartbeat")
    assert heartbeat.age_s() is None
    beat_after_round(app, heartbeat, "w1")
    age_s = heartbeat.age_s()
    assert age_s is not None
    assert age_s < 60
