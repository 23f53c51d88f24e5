"""Owing a notice: written with the status that made it necessary, worded for the guardian."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from facemark.domain.attendance import AttendanceStatus
from facemark.domain.ids import GuardianId, MessageId, NoticeId, PersonId
from facemark.domain.notices import (
    AbsenceCategory,
    ChannelName,
    Message,
    MessageState,
    Notice,
    NoticeKind,
    NoticeState,
    choose_address,
    latest_useful_at,
)
from facemark.domain.people import Guardian, Institution
from facemark.domain.sessions import Session
from facemark.domain.wording import TEXTS, join_names, render_text
from facemark.services.ids import new_id
from facemark.services.ports.store import UnitOfWork


@dataclass(frozen=True, slots=True)
class Settlement:
    """The session being settled, as of when, and the channels in order of preference."""

    session: Session
    at: datetime
    channels: Sequence[ChannelName]


@dataclass(frozen=True, slots=True)
class Told:
    """`unreachable`: new notices whose guardian has no address on any channel in use."""

    notices: int = 0
    messages: int = 0
    unreachable: int = 0

    def __add__(self, other: "Told") -> "Told":
        return Told(
            self.notices + other.notices,
            self.messages + other.messages,
            self.unreachable + other.unreachable,
        )


def owe_absence_notices(
    uow: UnitOfWork, settlement: Settlement, people: Collection[PersonId]
) -> Told:
    """One notice per absentee, day and first guardian; one message per guardian for the new ones.

    Whether a notice is new is decided by the database, so calling this again adds nothing.
    """
    guardians = _first_guardians(uow, settlement.session, people)
    new = uow.notices.add_notices(
        [
            _build_notice(settlement.session, person, guardians[person].id)
            for person in sorted(guardians)
        ]
    )
    by_guardian: dict[GuardianId, list[Notice]] = defaultdict(list)
    for notice in new:
        by_guardian[notice.guardian_id].append(notice)
    messages = _build_messages(
        uow, settlement, {g.id: g for g in guardians.values()}, notices=by_guardian
    )
    uow.notices.add_messages(messages)
    covered = sum(len(m.notice_ids) for m in messages)
    return Told(len(new), len(messages), len(new) - covered)


def _build_messages(
    uow: UnitOfWork,
    settlement: Settlement,
    guardians: Mapping[GuardianId, Guardian],
    *,
    notices: Mapping[GuardianId, Sequence[Notice]],
) -> list[Message]:
    people = uow.people.list_people({n.person_id for group in notices.values() for n in group})
    names = {p.id: p.greeting_name for p in people}
    messages = []
    for guardian_id, group in notices.items():
        address = choose_address(guardians[guardian_id], settlement.channels)
        if address is not None:
            text = _word(uow.institution, settlement.session, [names[n.person_id] for n in group])
            hold = timedelta(minutes=uow.institution.hold_min)
            messages.append(_envelope(address, text, group, at=settlement.at, hold=hold))
    return messages


def _first_guardians(
    uow: UnitOfWork, session: Session, people: Collection[PersonId]
) -> dict[PersonId, Guardian]:
    wanted = set(people)
    absent = {
        s.person_id
        for s in uow.statuses.list_statuses(session.id)
        if s.person_id in wanted and s.decision.status is AttendanceStatus.ABSENT
    }
    return {person: told[0] for person, told in uow.people.list_guardians(absent).items()}


def _build_notice(session: Session, person: PersonId, guardian: GuardianId) -> Notice:
    return Notice(
        id=NoticeId(new_id()),
        kind=NoticeKind.ABSENCE,
        category=AbsenceCategory.GENERAL,
        person_id=person,
        guardian_id=guardian,
        session_id=session.id,
        on_date=session.on_date,
        useful_until_at=latest_useful_at(session),
        state=NoticeState.PENDING,
    )


def _word(institution: Institution, session: Session, students: Sequence[str]) -> str:
    return render_text(
        TEXTS[AbsenceCategory.GENERAL],
        {
            "institution": institution.name,
            "student": join_names(students),
            "date": session.on_date.isoformat(),
            "session": session.name,
        },
    )


def _envelope(
    address: tuple[ChannelName, str],
    text: str,
    notices: Sequence[Notice],
    *,
    at: datetime,
    hold: timedelta,
) -> Message:
    channel, to = address
    return Message(
        id=MessageId(new_id()),
        guardian_id=notices[0].guardian_id,
        channel=channel,
        to=to,
        text=text,
        state=MessageState.QUEUED,
        created_at=at,
        send_after_at=at + hold,
        useful_until_at=min(n.useful_until_at for n in notices),
        notice_ids=tuple(n.id for n in notices),
    )
