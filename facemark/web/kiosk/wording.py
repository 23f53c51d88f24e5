"""Every visible word of the kiosk passes through here."""

import gettext
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from facemark.domain.errors import FaceMarkError
from facemark.domain.quality import QualityProblem
from facemark.domain.sessions import load_zone
from facemark.services.kiosk import FaceInView, FaceState, Welcome, WelcomeKind

_CATALOGUE = gettext.NullTranslations()
_ = _CATALOGUE.gettext
ngettext = _CATALOGUE.ngettext


@dataclass(frozen=True, slots=True)
class Card:
    """`look` names the colour and icon of the page; `title` can be read from two metres."""

    look: str
    title: str
    line: str
    time: str = ""


def format_time(at: datetime, zone: str) -> str:
    return at.astimezone(load_zone(zone)).strftime("%H:%M")


def say_welcome(welcome: Welcome, zone: str) -> Card:
    time = format_time(welcome.at, zone)
    look, line = {
        WelcomeKind.ON_TIME: ("present", _("on time")),
        WelcomeKind.LATE: ("late", _say_late(welcome.late_min)),
        WelcomeKind.ALREADY_IN: ("already", _("already in at {time}").format(time=time)),
        WelcomeKind.NOT_EXPECTED: ("noted", _("noted — nothing is planned for you now")),
        WelcomeKind.GOODBYE: ("noted", _("goodbye")),
    }[welcome.kind]
    return Card(look, welcome.name, line, time)


def _say_late(minutes: int) -> str:
    text = ngettext("{n} minute late", "{n} minutes late", minutes).format(n=minutes)
    return _("{late} — have a good day").format(late=text)


def say_face(face: FaceInView, zone: str) -> Card:
    if face.welcome is not None:
        return say_welcome(face.welcome, zone)
    if face.hint is not None:
        return Card("hint", say_hint(face.hint), "")
    if face.state is FaceState.AMBIGUOUS:
        return Card("ask", _("Please show your pass"), _("I am not sure enough who you are"))
    if face.state is FaceState.UNKNOWN:
        return Card("ask", _("Please show your pass"), _("or ask at the desk"))
    return Card("searching", "", "")


def say_hint(problem: QualityProblem) -> str:
    return {
        QualityProblem.TOO_SMALL: _("Come closer"),
        QualityProblem.CUT_OFF: _("Move into the picture"),
        QualityProblem.TOO_DARK: _("Turn towards the light"),
        QualityProblem.TOO_BRIGHT: _("Step out of the glare"),
        QualityProblem.TURNED: _("Look here"),
        QualityProblem.TILTED: _("Hold your head upright"),
        QualityProblem.FLAT: _("Find more even light"),
        QualityProblem.BLURRED: _("Hold still"),
    }[problem]


def say_refused_pass(error: FaceMarkError) -> Card:
    again = _("Hold it flat and whole, or ask at the desk")
    office = _("Ask the office for a new one")
    title, line = {
        "pass_unreadable": (_("This is not one of our passes"), again),
        "pass_forged": (_("This pass is not from here"), office),
        "pass_revoked": (_("This pass is no longer valid"), office),
        "pass_expired": (_("This pass has ended"), office),
    }.get(error.code, (_("This did not work"), _("Try again, or ask at the desk")))
    return Card("refused", title, line)


def page_words() -> Mapping[str, str]:
    """The sentences that the page itself says; `{braces}` are filled in there."""
    return {
        "title": _("Kiosk"),
        "connecting": _("Connecting …"),
        "ready": _("Ready"),
        "not_ready": _("Not ready"),
        "open": _("{name} · starts {start}"),
        "running": _("{name} · since {start}"),
        "next": _("Next: {name} at {start}"),
        "nothing_planned": _("Nothing is planned"),
        "look_here": _("Look here to be recognised"),
        "show_pass": _("or show your pass"),
        "show_pass_only": _("Show your pass"),
        "no_faces": _("Passes only: face recognition is not set up here"),
        "sound_on": _("Sound is on"),
        "sound_off": _("Tap for sound"),
        "offline": _("No connection"),
        "offline_line": _("Trying again in {seconds} s. Please sign in at the desk."),
        "offline_now": _("Trying again. Please sign in at the desk."),
        "camera_lost": _("The camera does not answer"),
        "camera_lost_line": _("Scan your pass with the scanner, or ask at the desk."),
        "camera_denied": _("The camera is not allowed"),
        "camera_denied_line": _("Allow the camera for this page in the browser's settings."),
        "camera_insecure": _("The camera needs a secure address"),
        "camera_insecure_line": _("Open this page by https, or on the computer itself."),
        "not_paired": _("This kiosk is not paired yet"),
        "not_paired_line": _("Open the pairing link here. The office can make one."),
        "link_spent": _("This pairing link does not work any more"),
        "link_spent_line": _("Ask the office for a new one."),
        "revoked": _("This kiosk has been switched off"),
        "revoked_line": _("Ask the office to pair it again."),
        "busy": _("This did not work"),
        "busy_line": _("Try again, or ask at the desk."),
    }
