"""Sessions."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from facemark.domain.errors import Conflict, NotFound
from facemark.domain.ids import SessionId
from facemark.domain.people import Institution
from facemark.domain.sessions import Session, SessionTimes, build_session
from facemark.services.ports.store import Store
from facemark.testing.cast import CLASS_4B, CLASS_5A, GATE, MONDAY, SCHOOL_DAY, at, cast_id


def build(name: str, starts: time, ends: time) -> Session:
    times = SessionTimes(MONDAY, starts, ends, GATE.zone)
    return build_session(
        SessionId(cast_id(name)), GATE.id, name=name, times=times, group_ids=[CLASS_5A.id]
    )


EVENING = build("Evening", time(18, 30), time(20))
NIGHT = build("Night", time(22), time(6))


def test_a_session_comes_back_as_it_was_added(store: Store, school: Institution) -> None:
    with store.write(school.id) as uow:
        uow.sessions.add_session(NIGHT)
        uow.commit()
    with store.read(school.id) as uow:
        assert uow.sessions.get_session(NIGHT.id) == NIGHT
        assert uow.sessions.get_session(SCHOOL_DAY.id) == SCHOOL_DAY


def test_the_order_of_a_sessions_groups_is_kept(store: Store, school: Institution) -> None:
    turned = replace(NIGHT, group_ids=(CLASS_5A.id, CLASS_4B.id))
    with store.write(school.id) as uow:
        uow.sessions.add_session(turned)
        assert uow.sessions.get_session(NIGHT.id).group_ids == (CLASS_5A.id, CLASS_4B.id)


def test_an_unknown_session_is_not_found(store: Store, school: Institution) -> None:
    with store.write(school.id) as uow:
        with pytest.raises(NotFound, match="session_unknown"):
            uow.sessions.get_session(NIGHT.id)
        with pytest.raises(NotFound, match="session_unknown"):
            uow.sessions.mark_settled(NIGHT.id, at(9))


def test_the_same_start_date_name_and_site_is_a_conflict(store: Store, school: Institution) -> None:
    with store.write(school.id) as uow:
        with pytest.raises(Conflict, match="session_exists"):
            uow.sessions.add_session(replace(SCHOOL_DAY, id=SessionId(cast_id("again"))))
        uow.sessions.add_session(replace(NIGHT, name=SCHOOL_DAY.name))


def test_sessions_are_listed_by_start_within_all_bounds(store: Store, school: Institution) -> None:
    with store.write(school.id) as uow:
        uow.sessions.add_session(NIGHT)
        uow.sessions.add_session(EVENING)
        assert uow.sessions.list_sessions() == [SCHOOL_DAY, EVENING, NIGHT]
        assert uow.sessions.list_sessions(on_date=MONDAY + timedelta(days=1)) == []
        assert uow.sessions.list_sessions(on_date=MONDAY, ends_after=at(16)) == [EVENING, NIGHT]
        running = uow.sessions.list_sessions(opens_before=at(19), ends_after=at(19))
        assert running == [EVENING]


@pytest.mark.parametrize("edge", [SCHOOL_DAY.opens_at, SCHOOL_DAY.ends_at])
def test_a_session_is_open_from_its_first_to_its_last_instant(
    store: Store, school: Institution, edge: datetime
) -> None:
    with store.read(school.id) as uow:
        assert uow.sessions.list_sessions(opens_before=edge, ends_after=edge) == [SCHOOL_DAY]


def test_a_session_is_due_after_its_cut_off_until_it_is_settled(
    store: Store, school: Institution
) -> None:
    after = SCHOOL_DAY.cut_off_at + timedelta(microseconds=1)
    with store.write(school.id) as uow:
        uow.sessions.add_session(EVENING)
        assert uow.sessions.list_due(SCHOOL_DAY.cut_off_at) == []
        assert uow.sessions.list_due(after) == [SCHOOL_DAY]
        assert uow.sessions.list_due(at(23)) == [SCHOOL_DAY, EVENING]
        uow.sessions.mark_settled(SCHOOL_DAY.id, after)
        assert uow.sessions.list_due(at(23)) == [EVENING]
