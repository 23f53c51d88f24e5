"""Small pieces of HTML. Every value that comes from people is escaped here, and only here."""

from collections.abc import Iterable
from html import escape

from facemark.domain.people import InstitutionKind
from facemark.domain.wording import join_names
from facemark.services.outbox import OutboxEntry
from facemark.services.status import GroupView, PersonLine
from facemark.services.today import LastScan, Telling
from facemark.ui.gateway import Conversation
from facemark.ui.summary import Tile, say_missing
from facemark.ui.text import (
    Tone,
    _,
    count_people,
    format_moment,
    format_time,
    message_tone,
    method_word,
)


def sentence(eyebrow: str, text: str) -> str:
    return (
        f'<header class="fm-head"><p class="fm-eyebrow">{escape(eyebrow)}</p>'
        f'<h1 class="fm-sentence" aria-live="polite">{escape(text)}</h1></header>'
    )


def tiles(items: Iterable[Tile]) -> str:
    cells = "".join(
        f'<div class="fm-tile fm-{t.look}"><dt>{icon(t.look)}{escape(t.word)}</dt>'
        f"<dd><b>{t.number}</b><span>{escape(t.note)}</span></dd></div>"
        for t in items
    )
    return f'<dl class="fm-tiles">{cells}</dl>'


def icon(look: str) -> str:
    return f'<i class="fm-icon fm-icon-{look}" aria-hidden="true"></i>'


def chip(tone: Tone) -> str:
    return f'<span class="fm-chip fm-{tone.look}">{icon(tone.look)}{escape(tone.word)}</span>'


def section(title: str, note: str = "") -> str:
    shown = f"<p>{escape(note)}</p>" if note else ""
    return f'<div class="fm-section"><h2>{escape(title)}</h2>{shown}</div>'


def missing_group(
    kind: InstitutionKind,
    group: GroupView,
    *,
    telling: dict[str, Telling],
    common_reason: str | None,
) -> str:
    rows = "".join(
        _row(
            line,
            line.reason if line.reason != common_reason else "",
            chip(_telling_tone(telling.get(line.external_id))),
        )
        for line in group.people
    )
    heading = escape(say_missing(kind, len(group.people), group.name))
    return f'<section class="fm-card"><h3>{heading}</h3><ul class="fm-rows">{rows}</ul></section>'


def _telling_tone(telling: Telling | None) -> Tone:
    if telling is not None and telling.state is not None and telling.channel is not None:
        return message_tone(telling.state, telling.channel)
    if telling is not None and not telling.has_guardian:
        return Tone(_("Nobody to tell"), "trouble")
    return Tone(_("No message"), "stopped")


def untaken_groups(kind: InstitutionKind, groups: Iterable[GroupView]) -> str:
    state = chip(Tone(_("Register not taken"), "trouble"))
    rows = "".join(
        f"<li><div><b>{escape(g.name)}</b><small>{count_people(kind, len(g.people))}</small></div>"
        f"{state}</li>"
        for g in groups
    )
    return f'<section class="fm-card"><ul class="fm-rows">{rows}</ul></section>'


def late_people(people: Iterable[PersonLine]) -> str:
    rows = "".join(_row(line, line.reason, "") for line in people)
    return f'<section class="fm-card"><ul class="fm-rows">{rows}</ul></section>'


def _row(line: PersonLine, detail: str, state: str) -> str:
    shown = f"<p>{escape(detail)}</p>" if detail else ""
    return (
        f"<li><div><b>{escape(line.name)}</b><small>{escape(line.external_id)}</small>{shown}"
        f"</div>{state}</li>"
    )


def last_scans(scans: Iterable[LastScan], zone: str) -> str:
    rows = "".join(
        f"<li><time>{format_time(s.at, zone)}</time><b>{escape(s.name)}</b>"
        f"<small>{escape(_how(s))}</small></li>"
        for s in scans
    )
    return f'<section class="fm-card"><ul class="fm-scans">{rows}</ul></section>'


def _how(scan: LastScan) -> str:
    if scan.similarity is None:
        return method_word(scan.method)
    return f"{method_word(scan.method)} {scan.similarity:.2f}"


def conversations(items: Iterable[Conversation], zone: str) -> str:
    return f'<div class="fm-talks">{"".join(conversation(c, zone) for c in items)}</div>'


def conversation(item: Conversation, zone: str) -> str:
    messages = "".join(message(entry, zone) for entry in item.messages)
    return (
        f'<article class="fm-card fm-talk"><header><h3>{escape(item.guardian)}</h3>'
        f"<small>{escape(item.to)}</small></header>{messages}</article>"
    )


def message(entry: OutboxEntry, zone: str) -> str:
    about = _("about {people}").format(people=join_names(entry.people))
    return (
        f'<div class="fm-message"><p>{escape(entry.text)}</p><footer>'
        f"{chip(message_tone(entry.state, entry.channel))}"
        f"<small>{escape(about)} · {format_moment(entry.created_at, zone)}</small></footer></div>"
    )


def hint(text: str) -> str:
    return f'<p class="fm-hint">{icon("shown")}<span>{escape(text)}</span></p>'
