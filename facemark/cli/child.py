"""What `facemark up` starts: `python -m facemark.cli.child gate|dashboard|worker`."""

import logging
import os
import sys
import threading
from typing import TYPE_CHECKING

from facemark.adapters.processes.lifeline import wait_for_release, watch_lifeline
from facemark.adapters.system.access_token import load_access_token
from facemark.adapters.system.heartbeat import Heartbeat
from facemark.adapters.system.logs import write_logs
from facemark.bootstrap import App, build_app
from facemark.config import Settings, load_settings
from facemark.domain.errors import FaceMarkError

if TYPE_CHECKING:
    from facemark.web.readiness import Readiness

SILENT_AFTER_S = 30.0
"""A worker that has not finished a round for so long, or for six intervals, is not at work."""


def run_gate(settings: Settings) -> None:
    from facemark.web.access import AccessPolicy
    from facemark.web.gate import build_gate
    from facemark.web.kiosk.routes import KIOSK_PATH, build_kiosks
    from facemark.web.serve import Address, serve

    wait_for_release()
    token = load_access_token(settings.access_token_path)
    policy = AccessPolicy(token, "gate", _hosts(settings), device_path=KIOSK_PATH)
    app = build_app(settings)
    kiosks = build_kiosks(app)
    gate = build_gate(
        _readiness(app), policy, dashboard_port=settings.dashboard_port, more=kiosks.routes()
    )
    serve(gate, Address(settings.host, settings.gate_port))
    kiosks.eyes.close()
    app.close()


def run_dashboard(settings: Settings) -> None:
    from facemark.ui.app import build_dashboard
    from facemark.web.access import AccessGate, AccessPolicy
    from facemark.web.headers import DASHBOARD_POLICY, SecurityHeaders
    from facemark.web.serve import Address, serve

    wait_for_release()
    token = load_access_token(settings.access_token_path)
    policy = AccessPolicy(token, "dashboard", _hosts(settings))
    build_app(settings).close()
    door = SecurityHeaders(AccessGate(build_dashboard(), policy), DASHBOARD_POLICY)
    serve(door, Address(settings.host, settings.dashboard_port))


def run_worker(settings: Settings) -> None:
    from facemark.jobs import worker

    wait_for_release()
    stop = threading.Event()
    watch_lifeline(stop.set)
    app = build_app(settings)
    worker.run_worker(app, stop, worker=f"worker-{os.getpid()}")
    app.close()


def _readiness(app: App) -> "Readiness":
    from facemark.adapters.db.migrate import check_schema
    from facemark.web.readiness import Readiness, require_beat

    heartbeat = Heartbeat(app.settings.heartbeat_path)
    allowed_s = max(SILENT_AFTER_S, 6 * app.settings.worker_interval_s)
    return Readiness(
        (
            ("schema", lambda: check_schema(app.settings.url)),
            ("database", app.list_institutions),
            ("worker", lambda: require_beat(heartbeat.age_s(), allowed_s)),
        )
    )


def _hosts(settings: Settings) -> frozenset[str]:
    return frozenset({settings.host.lower()})


def main() -> None:
    run = {"gate": run_gate, "dashboard": run_dashboard, "worker": run_worker}[sys.argv[1]]
    write_logs()
    try:
        run(load_settings())
    except FaceMarkError as error:
        logging.getLogger("facemark").error("%s: %s", error.code, error.hint)
        sys.exit(1)


if __name__ == "__main__":
    main()
