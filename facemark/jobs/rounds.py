"""What the worker does each time round. Doing it twice, or being killed half-way, is harmless."""

import logging
from collections.abc import Callable

from facemark.bootstrap import App
from facemark.domain.errors import FaceMarkError
from facemark.services.outbox import dispatch_due
from facemark.services.settling import settle_due
from facemark.services.tenant import Tenant

ACTOR = "worker"
BATCH = 100
MAX_BATCHES = 50
"""Bounds one round, so that one institution's backlog cannot keep the others waiting for long."""

log = logging.getLogger("facemark.worker")


def run_round(app: App, *, worker: str) -> None:
    """Settle, then dispatch, so that what has just become due goes out in the same round."""
    settle_all(app)
    dispatch_all(app, worker=worker)


def settle_all(app: App) -> None:
    """Settle what is past its cut-off, in every institution."""
    for_each_institution(app, "settle", _settle)


def dispatch_all(app: App, *, worker: str) -> None:
    """Deliver what is due, in every institution."""
    senders = app.senders()

    def dispatch(tenant: Tenant) -> None:
        for _ in range(MAX_BATCHES):
            report = dispatch_due(tenant, senders, worker=worker, limit=BATCH)
            if report.sent + report.failed < BATCH:
                return

    for_each_institution(app, "dispatch", dispatch)


def _settle(tenant: Tenant) -> None:
    for report in settle_due(tenant):
        if not report.untaken:
            log.info("settled session=%s messages=%d", report.session_id, report.messages)


def for_each_institution(app: App, job: str, work: Callable[[Tenant], object]) -> None:
    """One institution's trouble is logged and left for the next round; the others go on."""
    for institution in app.list_institutions():
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
