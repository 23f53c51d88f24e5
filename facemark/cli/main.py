"""The `facemark` command: finds the subcommand, and turns coded errors into exit codes."""

import sys
from importlib import import_module
from typing import NamedTuple, cast

import click

from facemark import __version__
from facemark.domain import errors


class Entry(NamedTuple):
    """Where a command lives and its line in the list, so that listing imports nothing."""

    target: str
    help: str


COMMANDS = {
    "up": Entry("up:up", "Start FaceMark on this computer."),
    "institution": Entry("institution:institution", "Add or list institutions and sites."),
    "person": Entry("person:person", "Add or list people."),
    "guardian": Entry("guardian:guardian", "Add the people who are told."),
    "import": Entry("roster:import_people", "Import people and guardians from a CSV file."),
    "consent": Entry("consent:consent", "Record a yes or a no to face recognition."),
    "enrol": Entry("enrol:enrol", "Enrol a person's face from photos."),
    "pass": Entry("passes:pass_", "Issue, print or revoke QR passes and ID cards."),
    "device": Entry("device:device", "Pair, list or revoke kiosks."),
    "session": Entry("session:session", "Add or list sessions to attend."),
    "watch": Entry("watch:watch", "Watch a camera or a recording and record who comes."),
    "settle": Entry("settle:settle", "Decide who was absent and write the messages."),
    "dispatch": Entry("outbox:dispatch", "Deliver the messages that are due."),
    "status": Entry("status:status", "Show a day: who is here, who is missing, why."),
    "outbox": Entry("outbox:outbox", "Show every message and what became of it."),
    "models": Entry("models:models", "Show or install the face models."),
    "doctor": Entry("doctor:doctor", "Check this installation and say what to fix."),
    "migrate": Entry("migrate:migrate", "Bring the database to this version's schema."),
}

EXIT_CODES = {
    errors.InvalidInput: 3,
    errors.NotFound: 4,
    errors.Conflict: 5,
    errors.Refused: 6,
    errors.Unavailable: 7,
}
"""0 is success, 1 an unexpected failure, 2 wrong usage; documented in docs/reference/cli.md."""


class LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module, name = entry.target.split(":")
        return cast(click.Command, getattr(import_module(f"facemark.cli.{module}"), name))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="FaceMark Pro")
@click.option(
    "--institution",
    type=int,
    help="Number of the institution; not needed when there is only one.",
)
@click.pass_context
def cli(ctx: click.Context, institution: int | None) -> None:
    """FaceMark Pro: attendance by face and QR pass.

    Everything lives in the folder named by FACEMARK_DATA. `facemark COMMAND --help` says more.
    """
    ctx.obj = institution


def main() -> None:
    try:
        cli(prog_name="facemark")
    except errors.FaceMarkError as error:
        click.echo(f"{error.code}: {error.message}\n  {error.hint}", err=True)
        sys.exit(EXIT_CODES.get(type(error), 1))
