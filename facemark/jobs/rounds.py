"""What the worker does each time round. Doing it twice, or being killed half-way, is harmless."""

import logging
from collections.abc import Callable

from facemark.bootstrap import App
from facemark.domain.demo import DemoKind
from facemark.domain.errors import FaceMarkError
from facemark.services.demo import open_morning, simulate
from facemark.services.outbox import dispatch_due
from facemark.services.settling import settle_due
from facemark.services.tenant import Tenant

ACTOR = "worker"
BATCH = 50
MAX_BATCHES = 100
"""Bounds one round, so that one institution's backlog cannot keep the others waiting for long."""

log = logging.getLogger("facemark.worker")


def _no_beat() -> None:
    return None


def run_round(app: App, *, worker: str, beat: Callable[[], None] = _no_beat) -> None:
    """Settle, then dispatch, so that what has just become due goes out in the same round.

    `beat` is called after each step, as a sign that the work goes on.
    """
    if app.settings.demo:
        kind = DemoKind(app.settings.demo)
        for_each_institution(app, "simulate", lambda tenant: simulate(tenant, kind), beat=beat)
    settle_all(app, beat=beat)
    dispatch_all(app, worker=worker, beat=beat)


def begin_demo(app: App) -> None:
    """Once per start: a morning for the visitor to watch."""
    kind = DemoKind(app.settings.demo or DemoKind.SCHOOL)
    for_each_institution(app, "morning", lambda tenant: open_morning(tenant, kind))


def settle_all(app: App, *, beat: Callable[[], None] = _no_beat) -> None:
    """Settle what is past its cut-off, in every institution."""
    for_each_institution(app, "settle", _settle, beat=beat)


def dispatch_all(app: App, *, worker: str, beat: Callable[[], None] = _no_beat) -> None:
    """Deliver what is due, in every institution."""
    senders = app.senders()

    def dispatch(tenant: Tenant) -> None:
        for _ in range(MAX_BATCHES):
            report = dispatch_due(tenant, senders, worker=worker, limit=BATCH)
            beat()
            if report.sent + report.failed < BATCH:
                return

    for_each_institution(app, "dispatch", dispatch, beat=beat)


def _settle(tenant: Tenant) -> None:
    for report in settle_due(tenant):
        if not report.untaken:
            log.info("settled session=%s messages=%d", report.session_id, report.messages)


def for_each_institution(
    app: App, job: str, work: Callable[[Tenant], object], *, beat: Callable[[], None] = _no_beat
) -> None:
    """One institution's trouble is logged and left for the next round; the others go on."""
    for institution in app.list_institutions():
        beat()
        try:
            work(app.tenant(institution.id, ACTOR))
        except FaceMarkError as error:
            log.warning("%s failed institution=%d code=%s", job, institution.id, error.code)
        except Exception as error:  # noqa: BLE001  (a bug met by one institution must not stop all)
            # Only the kind is logged: the text of an unexpected error may quote a name or a phone.
            log.error("%s failed institution=%d error=%s", job, institution.id, _where(error))


def _where(error: Exception) -> str:
    """Type and the innermost place, without the message."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "unknown"
    return f"{type(error).__name__} at {place}"
