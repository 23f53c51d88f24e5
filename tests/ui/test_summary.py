"""The sentence and the tiles, from plain values."""

from dataclasses import replace

import pytest

from facemark.domain.attendance import AttendanceStatus
from facemark.domain.people import InstitutionKind
from facemark.services.status import GroupView, PersonLine
from facemark.ui.summary import Summary, build_tiles, find_common_reason, say_summary

ABSENT, EXPECTED = AttendanceStatus.ABSENT, AttendanceStatus.EXPECTED
LATE, PRESENT = AttendanceStatus.LATE, AttendanceStatus.PRESENT


def line(status: AttendanceStatus, reason: str = "not seen by 08:30") -> PersonLine:
    return PersonLine("S1", "Alice Adams", status, reason, None)


def group(name: str, *statuses: AttendanceStatus) -> GroupView:
    return GroupView(name, True, tuple(map(line, statuses)))  # noqa: FBT003  (register taken)


def summary(*statuses: AttendanceStatus, untaken: tuple[str, ...] = ()) -> Summary:
    return Summary(
        kind=InstitutionKind.SCHOOL,
        people=tuple(map(line, statuses)),
        untaken=tuple(group(name, EXPECTED) for name in untaken),
        missing=(),
        open=False,
        starts="08:00",
        closes="08:30",
    )


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (summary(), "Nobody is expected: the groups of this session are empty."),
        (summary(PRESENT, LATE), "All 2 are in."),
        (summary(PRESENT, ABSENT), "1 of 2 are in; 1 is missing."),
        (summary(ABSENT, ABSENT), "0 of 2 are in; 2 are missing."),
        (
            summary(PRESENT, EXPECTED, untaken=("4B",)),
            "1 of 2 are in; 4B's register is not taken.",
        ),
        (
            summary(PRESENT, EXPECTED, untaken=("4B", "5A")),
            "1 of 2 are in; 4B's and 5A's registers are not taken.",
        ),
        (
            summary(PRESENT, EXPECTED, untaken=("4A", "4B", "5A", "5B")),
            "1 of 2 are in; 4 registers are not taken.",
        ),
    ],
)
def test_the_sentence_after_the_cut_off(given: Summary, sentence: str) -> None:
    assert say_summary(given) == sentence


def test_before_the_cut_off_nobody_is_called_missing() -> None:
    given = replace(summary(PRESENT, EXPECTED, EXPECTED), open=True)
    assert say_summary(given) == "1 of 3 are in so far; the register closes at 08:30."
    assert [(t.word, t.number) for t in build_tiles(given)] == [
        ("On time", 1),
        ("Late", 0),
        ("Not seen yet", 2),
        ("Excused", 0),
    ]


def test_people_of_an_untaken_register_are_not_counted_as_missing() -> None:
    missing = build_tiles(summary(ABSENT, EXPECTED, untaken=("4B",)))[2]
    assert (missing.number, missing.note) == (1, "1 more not checked")


def test_the_reason_most_share_is_said_once() -> None:
    people = (line(ABSENT, "a"), line(ABSENT, "b"), line(ABSENT, "b"))
    given = replace(summary(), missing=(replace(group("4B"), people=people),))
    assert find_common_reason(given) == "b"
    assert find_common_reason(summary()) is None
