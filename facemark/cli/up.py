"""`facemark up`: the whole product on this computer, under one supervisor."""

import signal
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import click

from facemark import __version__
from facemark.adapters.processes.child import ChildPlan
from facemark.adapters.processes.lock import hold_lock
from facemark.adapters.processes.ports import choose_port
from facemark.adapters.processes.probe import Endpoint, reachable_host
from facemark.adapters.processes.supervisor import Supervisor
from facemark.adapters.system.access_token import create_access_token, load_access_token
from facemark.adapters.system.heartbeat import Heartbeat
from facemark.config import Settings, load_settings
from facemark.domain.demo import DemoKind

CHILDREN = ("gate", "dashboard", "worker")


@click.command()
@click.option("--host", help="Address to listen on; 127.0.0.1 is this computer only.")
@click.option("--gate-port", type=click.IntRange(0, 65535), help="Port of the gate; 0: any.")
@click.option("--dashboard-port", type=click.IntRange(0, 65535), help="Of the dashboard; 0: any.")
@click.option(
    "--demo",
    type=click.Choice([kind.value for kind in DemoKind]),
    help="Start a simulated institution instead, in a folder of its own.",
)
def up(
    host: str | None, gate_port: int | None, dashboard_port: int | None, demo: str | None
) -> None:
    """Start FaceMark on this computer and keep it running until Ctrl-C."""
    began_s = time.monotonic()
    chosen = {"host": host, "gate_port": gate_port, "dashboard_port": dashboard_port}
    options = {name: value for name, value in chosen.items() if value is not None}
    settings = load_settings().model_copy(update=options)
    if demo:
        settings = demo_settings(settings, DemoKind(demo))
    with hold_lock(settings.run_dir / "up.lock"):
        launch = Launch(choose_ports(settings))
        supervisor = Supervisor(launch.plans(), launch.endpoints(), _say)
        _stop_on_signals(supervisor.stop)
        supervisor.run(launch.prepare, lambda: _announce(launch, time.monotonic() - began_s))
    click.echo("FaceMark has ended.")


def demo_settings(settings: Settings, kind: DemoKind) -> Settings:
    """A folder and a database file of its own, so that nothing simulated meets anything real."""
    own = {"data": settings.data / f"demo-{kind}", "demo": kind.value, "database_url": None}
    return settings.model_copy(update=own)


def choose_ports(settings: Settings) -> Settings:
    """Raises Conflict `port_in_use`."""
    gate = choose_port(
        settings.host, settings.gate_port, setting="--gate-port or FACEMARK_GATE_PORT"
    )
    dashboard = choose_port(
        settings.host,
        settings.dashboard_port,
        setting="--dashboard-port or FACEMARK_DASHBOARD_PORT",
    )
    return settings.model_copy(update={"gate_port": gate, "dashboard_port": dashboard})


@dataclass(frozen=True, slots=True)
class Launch:
    """One start of the product, on ports that are free."""

    settings: Settings

    def prepare(self) -> None:
        """Database and secrets. Only here is the schema ever changed."""
        from facemark.bootstrap import found_demo, migrate_database

        migrate_database(self.settings)
        found_demo(self.settings)
        Heartbeat(self.settings.heartbeat_path).clear()
        create_access_token(self.settings.access_token_path)

    def plans(self) -> list[ChildPlan]:
        environment = {
            "FACEMARK_DATA": str(self.settings.data.resolve()),
            "FACEMARK_HOST": self.settings.host,
            "FACEMARK_GATE_PORT": str(self.settings.gate_port),
            "FACEMARK_DASHBOARD_PORT": str(self.settings.dashboard_port),
        }
        if self.settings.demo:
            environment["FACEMARK_DEMO"] = self.settings.demo
            environment["FACEMARK_DATABASE_URL"] = self.settings.url
        return [
            ChildPlan(
                name,
                (sys.executable, "-m", "facemark.cli.child", name),
                self.settings.logs_dir / f"{name}.log",
                environment,
            )
            for name in CHILDREN
        ]

    def endpoints(self) -> list[Endpoint]:
        host = reachable_host(self.settings.host)
        return [
            Endpoint(host, self.settings.gate_port, "/ready"),
            Endpoint(host, self.settings.dashboard_port, "/healthz"),
        ]

    def link(self) -> str:
        token = load_access_token(self.settings.access_token_path)
        host = reachable_host(self.settings.host)
        name = f"[{host}]" if ":" in host else host
        return f"http://{name}:{self.settings.dashboard_port}/?access={token}"


def _announce(launch: Launch, took_s: float) -> None:
    settings = launch.settings
    host = reachable_host(settings.host)
    simulated = "Simulated institution. Nothing leaves this computer.\n"
    click.echo(
        f"\nReady. FaceMark Pro {__version__} started in {took_s:.1f} s.\n"
        f"{simulated if settings.demo else ''}\n"
        f"  Dashboard  {launch.link()}\n"
        f"  Gate       http://{host}:{settings.gate_port}/\n"
        f"  Data       {_shown(settings.data)}\n\n"
        "The dashboard link lets its holder in until FaceMark ends. Ctrl-C ends it.\n"
    )


def _shown(path: Path) -> str:
    return str(path.resolve())


def _say(sentence: str) -> None:
    click.echo(sentence, err=True)


def _stop_on_signals(stop: threading.Event) -> None:
    names = ("SIGINT", "SIGTERM", "SIGBREAK")
    for number in [getattr(signal, name) for name in names if hasattr(signal, name)]:
        signal.signal(number, lambda *_: stop.set())
