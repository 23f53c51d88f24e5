"""What `facemark watch` prints: a line per decision, and a summary at the end."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import click

from facemark.cli.context import echo_json
from facemark.domain.ids import PersonId
from facemark.domain.matching.decision import MatchDecision
from facemark.domain.scans import ScanOutcome
from facemark.services.watching import Watch, WatchEvent

OUTCOMES = {
    ScanOutcome.RECORDED: "recorded",
    ScanOutcome.ALREADY_IN: "already in",
    ScanOutcome.REPEATED: "known already",
    ScanOutcome.IDEMPOTENCY_CONFLICT: "known already with other details",
}


@dataclass(slots=True)
class Reporter:
    """Prints events as they come; `names` are the external ids."""

    names: Mapping[PersonId, str]
    as_json: bool
    decisions: Counter[MatchDecision] = field(default_factory=Counter)
    outcomes: Counter[ScanOutcome] = field(default_factory=Counter)
    people: set[str] = field(default_factory=set)

    def show(self, event: WatchEvent) -> None:
        self.decisions[event.decision] += 1
        if event.receipt:
            self.outcomes[event.receipt.outcome] += 1
        person = self.names.get(event.person_id) if event.person_id else None
        if person:
            self.people.add(person)
        if self.as_json:
            echo_json(_event_dict(event, person))
        else:
            click.echo(_event_line(event, person))

    def summarise(self, watches: list[Watch]) -> None:
        summary = {
            "frames": sum(w.frames for w in watches),
            "seconds": round(sum(w.last_position_s for w in watches), 3),
            "people": sorted(self.people),
            "decisions": {d.value: self.decisions[d] for d in MatchDecision},
            "scans": {o.value: self.outcomes[o] for o in ScanOutcome},
        }
        if self.as_json:
            echo_json({"summary": summary})
            return
        recorded = self.outcomes[ScanOutcome.RECORDED] + self.outcomes[ScanOutcome.ALREADY_IN]
        click.echo(
            f"{summary['frames']} frames, {summary['seconds']} s:"
            f" {', '.join(sorted(self.people)) or 'nobody'} recognised;"
            f" {recorded} new scan(s), {self.outcomes[ScanOutcome.REPEATED]} known already."
        )


def _event_dict(event: WatchEvent, person: str | None) -> dict[str, object]:
    return {
        "time": event.at.isoformat(),
        "method": event.method,
        "track": event.track,
        "decision": event.decision,
        "person": person or "unknown",
        "similarity": event.similarity,
        "threshold": event.threshold,
        "scan_id": str(event.receipt.scan_id) if event.receipt else None,
        "outcome": event.receipt.outcome if event.receipt else None,
        "refusal": event.refusal,
    }


def _event_line(event: WatchEvent, person: str | None) -> str:
    what = OUTCOMES[event.receipt.outcome] if event.receipt else event.refusal or ""
    score = "" if event.similarity is None else f"{event.similarity:.2f} of {event.threshold:.2f}"
    who = person or "-"
    return f"{event.at:%H:%M:%S}Z {event.method:5} {event.decision:9} {who:12} {score} {what}"
