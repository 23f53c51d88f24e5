"""What is killed: watch, settle and dispatch, saying on standard output what is acknowledged.

    python -m drills.workload FOLDER ROUND NOW

NOW is the instant the process believes it is; leases of killed predecessors have run out by then.
"""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import click

from drills.provider import FileProvider
from drills.scene import Passage, Scene, cut_off_passed_at, scene_calibration, started_at
from facemark.bootstrap import build_app
from facemark.config import load_settings
from facemark.domain.notices import ChannelName
from facemark.services.gallery import CurrentGallery
from facemark.services.outbox import dispatch_due
from facemark.services.recognition import Recogniser
from facemark.services.settling import settle_due
from facemark.services.tenant import Tenant
from facemark.services.watching import Watch, WatchTools, describe_origin
from facemark.testing.clock import VirtualClock


def main() -> None:
    folder, round_number, now = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    plan = json.loads((folder / "plan.json").read_text("utf-8"))
    scene = Scene(plan["people"], plan["arrivals"], plan["seed"])
    app = build_app(load_settings())
    clock = VirtualClock(datetime.fromisoformat(now))
    tenant = Tenant(app.store, app.tenant().institution, clock, "drill")
    _say("ready", round_number)
    _watch(tenant, scene, round_number)
    _say("watched", round_number)
    settle_due(tenant, at=cut_off_passed_at(round_number))
    _say("settled", round_number)
    senders = {ChannelName.CONSOLE: FileProvider(folder / "provider.txt")}
    while dispatch_due(tenant, senders, worker="drill", limit=5).sent:
        _say("dispatched", round_number)
    _say("done", round_number)


def _watch(tenant: Tenant, scene: Scene, round_number: int) -> None:
    engine = scene.engine()
    gallery = CurrentGallery(tenant, engine.model)
    recogniser = Recogniser(engine, engine, gallery=gallery, calibration=scene_calibration())
    tools = WatchTools(recogniser, qr=NoPasses(), find_holder=_no_holder)
    source = Passage(scene)
    origin = describe_origin(source, started_at(round_number))
    for event in Watch(tenant, tools, origin).run(source):
        if event.receipt:
            _say("scan", str(event.receipt.scan_id))


class NoPasses:
    def read(self, frame: object) -> list[str]:
        return []


def _no_holder(text: str) -> NoReturn:
    raise AssertionError(text)


def _say(what: str, which: object) -> None:
    """A line on the pipe is the acknowledgement; it is written only after the commit."""
    click.echo(json.dumps({what: which}))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
