"""The demonstration: a simulated institution with a past, and a morning that happens at once.

Everything goes through the real use cases, so what a visitor sees is what the product does. Each
step can be repeated or killed at any point: what is there already is left alone.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid5

from facemark.domain.demo import (
    MARK,
    PLANS,
    DemoKind,
    DemoPerson,
    DemoPlan,
    DemoShift,
    draw_arrivals,
    draw_people,
    list_past_workdays,
)
from facemark.domain.errors import Conflict
from facemark.domain.ids import GuardianId, PersonId, ScanId, SessionId
from facemark.domain.people import Guardian, Guardianship, Membership
from facemark.domain.scans import Direction, Scan, ScanMethod
from facemark.domain.sessions import Session, SessionTimes, build_session, load_zone
from facemark.services.checkin import derive_statuses, expected_people, record_scans
from facemark.services.ids import new_id
from facemark.services.ports.store import Store, UnitOfWork
from facemark.services.ports.time import Clock
from facemark.services.sessions import add_session
from facemark.services.setup import (
    InstitutionDraft,
    PersonDraft,
    build_person,
    create_institution,
    ensure_groups,
    find_group_ids,
)
from facemark.services.tenant import Tenant

SCANS = UUID("3c1f8a54-3f4e-5d77-9d0c-51a7b7b0c6de")
SOURCE = "simulated door"
HISTORY_DAYS = 60
ROUND = timedelta(minutes=1)
LIVE_S_PER_MINUTE = 10.0
"""A simulated minute of the live morning takes so many seconds: six times as fast."""


def ensure_demo(store: Store, clock: Clock, kind: DemoKind) -> Tenant:
    """The simulated institution of this database, made if there is none.

    Raises Conflict `demo_folder_taken` where a real institution lives.
    """
    plan = PLANS[kind]
    for institution in store.list_institutions():
        if institution.name == plan.name:
            return Tenant(store, institution.id, clock, "demo")
        raise Conflict(
            "demo_folder_taken",
            f"{institution.name} lives in this data folder, so no demonstration is put there",
            "start without the demonstration, or name another folder in FACEMARK_DATA",
        )
    made = create_institution(store, InstitutionDraft(plan.name, plan.kind, plan.zone), clock)
    tenant = Tenant(store, made.id, clock, "demo")
    with tenant.write() as uow:
        _add_everybody(uow, plan)
        uow.commit()
    return tenant


def is_simulated(institution_name: str) -> bool:
    return institution_name.endswith(MARK)


def _add_everybody(uow: UnitOfWork, plan: DemoPlan) -> None:
    drawn = draw_people(plan)
    groups = ensure_groups(uow, list(plan.groups))
    people = [build_person(PersonDraft(d.external_id, d.name, group=d.group)) for d in drawn]
    uow.people.add_people(people)
    uow.people.add_memberships(
        [
            Membership(p.id, groups[d.group], p.joined_on, None)
            for p, d in zip(people, drawn, strict=True)
        ]
    )
    guardians = {
        d.phone: Guardian(GuardianId(new_id()), d.guardian, "en", d.phone, None) for d in drawn
    }
    links = [
        Guardianship(p.id, guardians[d.phone].id, 1) for p, d in zip(people, drawn, strict=True)
    ]
    uow.people.add_guardians(list(guardians.values()), links)


def simulate(tenant: Tenant, kind: DemoKind) -> None:
    """One step: let those arrive who are due by now, and add one missing shift of the past."""
    plan = PLANS[kind]
    people = draw_people(plan)
    _let_arrive(tenant, plan, people)
    _add_past_shift(tenant, plan, people)


def open_morning(tenant: Tenant, kind: DemoKind) -> None:
    """A session that starts within four minutes, unless one is waiting for its cut-off already."""
    plan = PLANS[kind]
    now = tenant.clock.now()
    if _find_morning(tenant, plan) is not None:
        return
    local = now.astimezone(load_zone(plan.zone))
    start = (local + timedelta(minutes=4)).replace(second=0, microsecond=0)
    times = SessionTimes(
        start.date(),
        start.time(),
        (start + timedelta(hours=7)).time(),
        plan.zone,
        early_open_min=10,
        grace_min=1,
        cut_off_min=3,
    )
    add_session(tenant, times, name=plan.live_name, group_names=_on_duty(plan, start))


def _on_duty(plan: DemoPlan, at: datetime) -> tuple[str, ...]:
    """The groups of the shift that works at this hour; a school's day is everybody's."""
    if len(plan.shifts) == 1:
        return plan.groups
    return next(s.groups for s in plan.shifts if _covers(s, at.hour))


def _covers(shift: DemoShift, hour: int) -> bool:
    if shift.starts < shift.ends:
        return shift.starts <= hour < shift.ends
    return hour >= shift.starts or hour < shift.ends


def _find_morning(tenant: Tenant, plan: DemoPlan) -> Session | None:
    now = tenant.clock.now()
    with tenant.read() as uow:
        running = uow.sessions.list_sessions(opens_before=now, ends_after=now)
    live = [s for s in running if s.name == plan.live_name and now <= s.cut_off_at + ROUND]
    return live[-1] if live else None


def _let_arrive(tenant: Tenant, plan: DemoPlan, people: Sequence[DemoPerson]) -> None:
    session = _find_morning(tenant, plan)
    if session is None:
        return
    now = tenant.clock.now()
    on_duty = _on_duty(plan, session.starts_at.astimezone(load_zone(plan.zone)))
    members = [p for p in people if p.group in on_duty]
    with tenant.write() as uow:
        ids = _ids(uow, members)
        uow.scans.record_presence(SOURCE, session.opens_at, now)
        uow.commit()
    scans = _scans(session, plan, members, ids=ids, s_per_minute=LIVE_S_PER_MINUTE)
    record_scans(tenant, [s for s in scans if s.device_at <= now])


def _ids(uow: UnitOfWork, people: Sequence[DemoPerson]) -> dict[int, PersonId]:
    found = uow.people.find_people([p.external_id for p in people])
    return {p.number: found[p.external_id].id for p in people}


def _scans(
    session: Session,
    plan: DemoPlan,
    people: Sequence[DemoPerson],
    *,
    ids: Mapping[int, PersonId],
    s_per_minute: float = 60.0,
) -> list[Scan]:
    """Who comes to this session, by the plan's draw; three in four are recognised by their face."""
    arrivals = draw_arrivals(plan, people, session.on_date)
    scans = []
    for number, minutes in sorted(arrivals.items(), key=lambda item: item[1]):
        at = session.starts_at + timedelta(seconds=minutes * s_per_minute)
        by_pass = number % 4 == 0
        scans.append(
            Scan(
                id=ScanId(uuid5(SCANS, f"{session.id}:{ids[number]}")),
                person_id=ids[number],
                method=ScanMethod.PASS if by_pass else ScanMethod.FACE,
                direction=Direction.IN,
                device_at=at.astimezone(UTC),
                received_at=at.astimezone(UTC),
                source=SOURCE,
                similarity=None if by_pass else 0.55 + (number * 7 % 30) / 100,
                threshold=None if by_pass else 0.45,
            )
        )
    return scans


def _add_past_shift(tenant: Tenant, plan: DemoPlan, people: Sequence[DemoPerson]) -> None:
    """The newest of the last days' shifts that is not there yet."""
    today = tenant.clock.now().astimezone(load_zone(plan.zone)).date()
    with tenant.read() as uow:
        known = {(s.on_date, s.name) for s in uow.sessions.list_sessions()}
    for day in list_past_workdays(today, HISTORY_DAYS):
        for shift in plan.shifts:
            if (day, shift.name) not in known:
                _live_through(tenant, plan, people, day=day, shift=shift)
                return


def _live_through(
    tenant: Tenant,
    plan: DemoPlan,
    people: Sequence[DemoPerson],
    *,
    day: date,
    shift: DemoShift,
) -> None:
    """A past session with its scans and statuses. Nobody is told now about a day gone by."""
    members = [p for p in people if p.group in shift.groups]
    with tenant.write() as uow:
        session = build_session(
            SessionId(new_id()),
            uow.sites.list_sites()[0].id,
            name=shift.name,
            times=SessionTimes(day, time(shift.starts), time(shift.ends), plan.zone),
            group_ids=find_group_ids(uow, shift.groups),
        )
        uow.sessions.add_session(session)
        uow.scans.record_scans(_scans(session, plan, members, ids=_ids(uow, members)), 0)
        derive_statuses(uow, session, sorted(expected_people(uow, session)), now=session.ends_at)
        uow.sessions.mark_settled(session.id, session.ends_at)
        uow.commit()
