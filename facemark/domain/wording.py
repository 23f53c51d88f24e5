"""Sentences for people, made from codes and parameters."""

import gettext
import string
from collections.abc import Mapping, Sequence

from facemark.domain.attendance import ReasonCode, StatusDecision
from facemark.domain.errors import InvalidInput
from facemark.domain.notices import AbsenceCategory

_ = gettext.NullTranslations().gettext

PLACEHOLDERS = frozenset({"institution", "student", "date", "session"})
"""What a message text may mention."""

TEXTS: Mapping[AbsenceCategory, str] = {
    AbsenceCategory.GENERAL: (
        "{institution}: {student} has not arrived for {session} on {date}."
        " If you know why, please tell us."
    ),
    AbsenceCategory.MEDICAL: (
        "{institution}: we have noted medical leave for {student} on {date}."
        " Get well soon. If this is wrong, please tell us."
    ),
    AbsenceCategory.DISCIPLINARY: (
        "{institution}: {student} is not in {session} on {date} by decision of the"
        " {institution} office. Please contact us."
    ),
    AbsenceCategory.HOLIDAY: (
        "{institution}: we have noted leave for {student} on {date}."
        " If this is wrong, please tell us."
    ),
}


def explain_status(decision: StatusDecision) -> str:
    """One line a parent could read: "late: 08:07 is after 08:00 + 5 min grace (rule v1)"."""
    match decision.reason:
        case ReasonCode.NOT_SEEN_YET:
            text = _("expected: not seen yet")
        case ReasonCode.ON_TIME:
            text = _("present: {seen} is not after {start}")
        case ReasonCode.WITHIN_GRACE:
            text = _("present: {seen} is within {start} + {grace_min} min grace")
        case ReasonCode.AFTER_GRACE:
            text = _("late: {seen} is after {start} + {grace_min} min grace")
        case ReasonCode.NOT_SEEN_BY_CUT_OFF:
            text = _("absent: not seen by {cut_off}")
        case ReasonCode.CORRECTED:
            text = _("corrected by hand")
    return f"{text.format_map(dict(decision.parameters))} (rule v{decision.rule_version})"


def render_text(template: str, values: Mapping[str, str]) -> str:
    """Fill the placeholders of a message text; values are inserted as they are, never evaluated.

    Raises InvalidInput `placeholder_unknown` for any other field, attribute, index or conversion.
    """
    parts: list[str] = []
    for literal, name, spec, conversion in _parse(template):
        parts.append(literal)
        if name is None:
            continue
        if name not in PLACEHOLDERS or name not in values or spec or conversion:
            raise InvalidInput(
                "placeholder_unknown",
                f"the text mentions {{{name}}}, which cannot be filled in",
                "use only " + ", ".join(f"{{{p}}}" for p in sorted(PLACEHOLDERS)),
            )
        parts.append(values[name])
    return "".join(parts)


def _parse(template: str) -> list[tuple[str, str | None, str | None, str | None]]:
    try:
        return list(string.Formatter().parse(template))
    except ValueError as error:
        raise InvalidInput(
            "template_malformed",
            f"the text has an unmatched brace ({error})",
            "write {{ or }} for a brace that should be shown",
        ) from error


def join_names(names: Sequence[str]) -> str:
    """ "Ada", "Ada and Ben", "Ada, Ben and Cem"."""
    *some, last = names
    return _("{some} and {last}").format(some=", ".join(some), last=last) if some else last
