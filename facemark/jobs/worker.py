"""The embedded clock: one round every few seconds, never two at a time."""

import threading
from datetime import UTC, datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from facemark.adapters.system.heartbeat import Heartbeat
from facemark.bootstrap import App
from facemark.jobs.rounds import begin_demo, run_round


def run_worker(app: App, stop: threading.Event, *, worker: str) -> None:
    """Until `stop` is set; the round under way is finished first."""
    heartbeat = Heartbeat(app.settings.heartbeat_path)
    if app.settings.demo:
        begin_demo(app)
    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
    )
    scheduler.add_job(
        beat_after_round,
        "interval",
        args=(app, heartbeat, worker),
        seconds=app.settings.worker_interval_s,
        next_run_time=datetime.now(UTC),
    )
    scheduler.start()
    stop.wait()
    scheduler.shutdown(wait=True)


def beat_after_round(app: App, heartbeat: Heartbeat, worker: str) -> None:
    """A round that could not even list the institutions gives no sign of life."""
    run_round(app, worker=worker, beat=heartbeat.beat)
    heartbeat.beat()
