"""`facemark watch`: from a camera or a recording to scans."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import click

from facemark.adapters.vision.frames import is_live, open_source
from facemark.bootstrap import App, build_vision
from facemark.cli.context import open_tenant, parse_instant
from facemark.cli.watch_report import Reporter
from facemark.domain.errors import InvalidInput
from facemark.domain.ids import PersonId
from facemark.domain.matching.decision import MatchPolicy
from facemark.services.gallery import CurrentGallery
from facemark.services.passes import find_holder
from facemark.services.ports.vision import FrameSource
from facemark.services.recognition import Recogniser, RecognitionPolicy
from facemark.services.tenant import Tenant
from facemark.services.watch_day import watch_day
from facemark.services.watching import Watch, WatchEvent, WatchTools, describe_origin


@click.command()
@click.argument("source")
@click.option("--started-at", help="Instant of a recording's first frame, with its offset.")
@click.option("--max-fps", type=click.FloatRange(min=0, min_open=True), help="Look no more often.")
@click.option("--now", "at_once", is_flag=True, help="Open a camera at once, whatever is due.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
def watch(
    source: str, *, started_at: str | None, max_fps: float | None, at_once: bool, as_json: bool
) -> None:
    """Watch SOURCE: a video file, a camera number such as 0, or rtsp://….

    A recording needs --started-at. A camera is opened when a session opens and released after its
    cut-off; the command ends when no session is left for a day. Ctrl-C ends it at any time.
    """
    start = parse_instant(started_at, "--started-at") if started_at else None
    _check_start(source, start)
    opener = partial(open_source, source, max_fps=max_fps, on_reconnect=_say_reconnecting)
    with open_tenant() as (app, tenant):
        run = _Run(app, tenant)
        reporter = Reporter(run.names(), as_json)
        events = run.at_once(opener, start) if start or at_once else run.by_timetable(opener)
        with suppress(KeyboardInterrupt):
            for event in events:
                reporter.show(event)
        reporter.summarise(run.watches)


def _check_start(source: str, start: datetime | None) -> None:
    if is_live(source) == (start is None):
        return
    if start is None:
        raise InvalidInput(
            "started_at_missing",
            f"{source} is a recording, and nothing says when it was made",
            "add --started-at, for example 2026-03-02T07:55:00+00:00",
        )
    raise InvalidInput(
        "started_at_unexpected",
        f"{source} is live, so it starts when it is opened",
        "leave --started-at out",
    )


def _say_reconnecting(reason: object) -> None:
    click.echo(f"camera lost ({reason}); trying again", err=True)


@dataclass(slots=True)
class _Run:
    app: App
    tenant: Tenant
    watches: list[Watch] = field(default_factory=list)

    def names(self) -> dict[PersonId, str]:
        with self.tenant.read() as uow:
            return {p.id: p.external_id for p in uow.people.list_people()}

    def at_once(
        self, open_source: Callable[[], FrameSource], start: datetime | None
    ) -> Iterator[WatchEvent]:
        source = open_source()
        started_at = start or self.tenant.clock.now()
        yield from self._watch(source, started_at).run(source)

    def by_timetable(self, open_source: Callable[[], FrameSource]) -> Iterator[WatchEvent]:
        yield from watch_day(self.tenant, open_source, self._watch)

    def _watch(self, source: FrameSource, started_at: datetime) -> Watch:
        watch = Watch(self.tenant, self._tools(), describe_origin(source, started_at))
        self.watches.append(watch)
        return watch

    def _tools(self) -> WatchTools:
        vision = build_vision(self.app.settings)
        if vision.warning:
            click.echo(vision.warning, err=True)
        policy = RecognitionPolicy(match=MatchPolicy(target_fpir=self.app.settings.target_fpir))
        return WatchTools(
            recogniser=Recogniser(
                vision.engine,
                vision.meter,
                gallery=CurrentGallery(self.tenant, vision.engine.model),
                calibration=vision.calibration,
                policy=policy,
            ),
            qr=vision.qr,
            find_holder=lambda text: find_holder(self.tenant, text, self.app.pass_signer()),
            cool_down_s=self.app.settings.cool_down_s,
        )
