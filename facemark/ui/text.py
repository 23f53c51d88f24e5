"""Every visible word passes through here, so that another language is a catalogue, not a fork."""

import gettext
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from facemark.domain.attendance import AttendanceStatus
from facemark.domain.notices import ChannelName, MessageState
from facemark.domain.people import InstitutionKind
from facemark.domain.scans import ScanMethod
from facemark.domain.sessions import load_zone

WAITING = (MessageState.QUEUED, MessageState.SENDING)
TROUBLE = (MessageState.FAILED, MessageState.UNDELIVERED, MessageState.EXPIRED)

# The module-level functions of gettext look for a file at every call: a third of a large page.
_CATALOGUE = gettext.NullTranslations()
_ = _CATALOGUE.gettext
ngettext = _CATALOGUE.ngettext


@dataclass(frozen=True, slots=True)
class Tone:
    """A state as people see it: a word, and the name of its icon and colour in style.css."""

    word: str
    look: str


def format_day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def format_time(at: datetime, zone: str) -> str:
    return at.astimezone(load_zone(zone)).strftime("%H:%M")


def format_moment(at: datetime, zone: str) -> str:
    local = at.astimezone(load_zone(zone))
    return f"{local:%a} {local.day} {local:%b}, {local:%H:%M}"


def count_people(kind: InstitutionKind, count: int) -> str:
    if kind is InstitutionKind.COMPANY:
        return ngettext("{n} employee", "{n} employees", count).format(n=count)
    return ngettext("{n} student", "{n} students", count).format(n=count)


def status_tone(status: AttendanceStatus) -> Tone:
    tones = {
        AttendanceStatus.PRESENT: Tone(_("On time"), "present"),
        AttendanceStatus.LATE: Tone(_("Late"), "late"),
        AttendanceStatus.ABSENT: Tone(_("Missing"), "absent"),
        AttendanceStatus.EXCUSED: Tone(_("Excused"), "excused"),
        AttendanceStatus.LEFT_EARLY: Tone(_("Left early"), "late"),
        AttendanceStatus.HALF_DAY: Tone(_("Half day"), "late"),
        AttendanceStatus.EXPECTED: Tone(_("Not seen yet"), "expected"),
    }
    return tones[status]


def message_tone(state: MessageState, channel: ChannelName) -> Tone:
    """The console channel sends nothing, so nothing is called sent."""
    if channel is ChannelName.CONSOLE and state is MessageState.SENT:
        return Tone(_("Shown in the outbox"), "shown")
    tones = {
        MessageState.QUEUED: Tone(_("Message waiting"), "waiting"),
        MessageState.SENDING: Tone(_("Being sent"), "waiting"),
        MessageState.SENT: Tone(_("Message sent"), "sent"),
        MessageState.DELIVERED: Tone(_("Delivered"), "sent"),
        MessageState.FAILED: Tone(_("Message failed"), "trouble"),
        MessageState.UNDELIVERED: Tone(_("Message failed"), "trouble"),
        MessageState.EXPIRED: Tone(_("Too late to send"), "trouble"),
        MessageState.CANCELLED: Tone(_("Stopped"), "stopped"),
    }
    return tones[state]


def method_word(method: ScanMethod) -> str:
    words = {
        ScanMethod.FACE: _("face"),
        ScanMethod.PASS: _("pass"),
        ScanMethod.PIN: _("PIN"),
        ScanMethod.MANUAL: _("by hand"),
        ScanMethod.IMPORT: _("imported"),
    }
    return words[method]


def say_outbox(states: Sequence[MessageState]) -> str:
    """How many messages there are, and what needs a person."""
    if not states:
        return _("Nothing to tell anybody.")
    trouble = sum(s in TROUBLE for s in states)
    waiting = sum(s in WAITING for s in states)
    clauses = [ngettext("{n} message", "{n} messages", len(states)).format(n=len(states))]
    if waiting:
        clauses.append(ngettext("{n} is waiting", "{n} are waiting", waiting).format(n=waiting))
    if trouble:
        clauses.append(
            ngettext("{n} needs your attention", "{n} need your attention", trouble).format(
                n=trouble
            )
        )
    return "; ".join(clauses) + "."
