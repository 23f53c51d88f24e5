"""What the kiosk page is told, as JSON texts."""

import json
from collections.abc import Iterable

from facemark.domain.errors import FaceMarkError
from facemark.domain.faces import Box
from facemark.domain.sessions import Session
from facemark.services.kiosk import DoorDay, FaceInView, PassAnswer
from facemark.web.kiosk.wording import Card, format_time, say_face, say_refused_pass, say_welcome


def write_day(day: DoorDay, *, faces: bool) -> str:
    """`now` lets a page whose own clock is wrong show the right time."""
    return _message(
        "day",
        institution=day.institution,
        site=day.site,
        zone=day.zone,
        now=day.now.isoformat(),
        running=_session(day.running, day),
        following=_session(day.following, day),
        faces=faces,
    )


def write_view(
    faces: Iterable[FaceInView],
    passes: Iterable[PassAnswer],
    *,
    zone: str,
    size: tuple[int, int],
) -> str:
    """The answer to one frame of `size` (width, height); boxes become shares of it."""
    return _message(
        "view",
        faces=[
            {
                "track": face.track_id,
                "state": face.welcome.kind if face.welcome else face.state,
                "box": _box(face.box, size),
                **_card(say_face(face, zone)),
            }
            for face in faces
        ],
        passes=[_pass(answer, zone) for answer in passes],
    )


def write_pass(answer: PassAnswer, zone: str) -> str:
    """The answer to a typed pass."""
    return _message("pass", **_pass(answer, zone))


def write_problem(error: FaceMarkError) -> str:
    """The connection stays, and a frame that was under way has had its answer."""
    return _message("problem", code=error.code, message=error.message, hint=error.hint)


def write_refused(error: FaceMarkError) -> str:
    """The last message before the connection is closed."""
    return _message("refused", code=error.code, message=error.message, hint=error.hint)


def _pass(answer: PassAnswer, zone: str) -> dict[str, object]:
    if answer.welcome is not None:
        state, card = str(answer.welcome.kind), say_welcome(answer.welcome, zone)
        return {"state": state, **_card(card)}
    if answer.refusal is None:
        raise ValueError("an answer to a pass says either the one or the other")
    return {
        "state": "refused",
        "code": answer.refusal.code,
        **_card(say_refused_pass(answer.refusal)),
    }


def _card(card: Card) -> dict[str, str]:
    return {"look": card.look, "title": card.title, "line": card.line, "time": card.time}


def _box(box: Box, size: tuple[int, int]) -> list[float]:
    width, height = size
    shares = (box.x / width, box.y / height, box.width / width, box.height / height)
    return [round(share, 4) for share in shares]


def _session(session: Session | None, day: DoorDay) -> dict[str, object] | None:
    if session is None:
        return None
    start = format_time(session.starts_at, day.zone)
    return {"name": session.name, "start": start, "begun": session.starts_at <= day.now}


def _message(kind: str, **parts: object) -> str:
    return json.dumps({"type": kind, **parts}, ensure_ascii=False)
