"""One session reduced to what a glance should tell; pure, so that wording is easy to test."""

from dataclasses import dataclass

from facemark.domain.attendance import AttendanceStatus
from facemark.domain.people import InstitutionKind
from facemark.domain.wording import join_names
from facemark.services.status import GroupView, PersonLine, SessionView
from facemark.services.today import Today
from facemark.ui.text import _, count_people, format_time, ngettext, status_tone

ARRIVED = (
    AttendanceStatus.PRESENT,
    AttendanceStatus.LATE,
    AttendanceStatus.LEFT_EARLY,
    AttendanceStatus.HALF_DAY,
)
NAMED_GROUPS = 3
"""More groups than this are counted instead of named."""


@dataclass(frozen=True, slots=True)
class Tile:
    look: str
    word: str
    number: int
    note: str


@dataclass(frozen=True, slots=True)
class Summary:
    """`people` are those expected; `untaken` the groups whose register nobody took."""

    kind: InstitutionKind
    people: tuple[PersonLine, ...]
    untaken: tuple[GroupView, ...]
    missing: tuple[GroupView, ...]
    open: bool
    starts: str
    closes: str

    def count(self, *statuses: AttendanceStatus) -> int:
        return sum(line.status in statuses for line in self.people)


def summarise(today: Today, view: SessionView) -> Summary:
    zone = today.zone
    is_open = today.now <= view.cut_off_at
    return Summary(
        kind=today.institution.kind,
        people=tuple(line for group in view.groups for line in group.people),
        untaken=() if is_open else tuple(g for g in view.groups if not g.register_taken),
        missing=tuple(g for g in map(_only_absent, view.groups) if g.people),
        open=is_open,
        starts=format_time(view.starts_at, zone),
        closes=format_time(view.cut_off_at, zone),
    )


def _only_absent(group: GroupView) -> GroupView:
    absent = tuple(p for p in group.people if p.status is AttendanceStatus.ABSENT)
    return GroupView(group.name, group.register_taken, absent)


def say_summary(summary: Summary) -> str:
    """The one sentence at the top of the page."""
    total, arrived = len(summary.people), summary.count(*ARRIVED)
    if not total:
        return _("Nobody is expected: the groups of this session are empty.")
    if summary.open:
        return _("{n} of {total} are in so far; the register closes at {closes}.").format(
            n=arrived, total=total, closes=summary.closes
        )
    if arrived == total:
        return _("All {total} are in.").format(total=total)
    clauses = [_("{n} of {total} are in").format(n=arrived, total=total)]
    if absent := summary.count(AttendanceStatus.ABSENT):
        clauses.append(ngettext("{n} is missing", "{n} are missing", absent).format(n=absent))
    if summary.untaken:
        clauses.append(_say_untaken(summary.untaken))
    return "; ".join(clauses) + "."


def _say_untaken(groups: tuple[GroupView, ...]) -> str:
    if len(groups) > NAMED_GROUPS:
        return _("{n} registers are not taken").format(n=len(groups))
    names = join_names([_("{group}'s").format(group=g.name) for g in groups])
    return ngettext(
        "{names} register is not taken", "{names} registers are not taken", len(groups)
    ).format(names=names)


def build_tiles(summary: Summary) -> tuple[Tile, ...]:
    unknown = AttendanceStatus.EXPECTED if summary.open else AttendanceStatus.ABSENT
    notes = {
        AttendanceStatus.PRESENT: _("of {people}").format(
            people=count_people(summary.kind, len(summary.people))
        ),
        AttendanceStatus.LATE: _("start {starts}").format(starts=summary.starts),
        AttendanceStatus.EXPECTED: _("until {closes}").format(closes=summary.closes),
        AttendanceStatus.ABSENT: _note_missing(summary),
        AttendanceStatus.EXCUSED: _("with leave"),
    }
    shown = (AttendanceStatus.PRESENT, AttendanceStatus.LATE, unknown, AttendanceStatus.EXCUSED)
    return tuple(
        Tile(status_tone(s).look, status_tone(s).word, summary.count(s), notes[s]) for s in shown
    )


def _note_missing(summary: Summary) -> str:
    unchecked = sum(len(g.people) for g in summary.untaken)
    if unchecked:
        return _("{n} more not checked").format(n=unchecked)
    return _("not seen by {closes}").format(closes=summary.closes)


def say_missing(kind: InstitutionKind, count: int, group: str) -> str:
    who = count_people(kind, count)
    return ngettext("{who} is missing in {group}", "{who} are missing in {group}", count).format(
        who=who, group=group
    )


def find_common_reason(summary: Summary) -> str | None:
    """The reason that most of the missing share, so that it need not stand in every row."""
    reasons = [line.reason for group in summary.missing for line in group.people]
    return max(set(reasons), key=lambda r: (reasons.count(r), r), default=None)
