"""The reference is complete: every command, setting and error code is in it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from facemark.cli.main import EXIT_CODES, cli
from facemark.config import Settings
from facemark.domain.errors import FaceMarkError

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
FIELD_FIRST = {"_report", "_problem"}
CODE = re.compile("[a-z]+(_[a-z]+)+")
CODED = {kind.__name__ for kind in EXIT_CODES} | {"RosterProblem", "FaceMarkError"}


def error_codes() -> set[str]:
    """Snake-case literals that stand where a coded error is made."""
    return {code for path in (ROOT / "facemark").rglob("*.py") for code in _codes(path)}


def _codes(path: Path) -> Iterator[str]:
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    makers = CODED | {
        node.name
        for node in nodes
        if isinstance(node, ast.FunctionDef) and node.returns and _name(node.returns) in CODED
    }
    for node in nodes:
        if isinstance(node, ast.Call) and _name(node.func) in makers | FIELD_FIRST:
            words = node.args[1:] if _name(node.func) in FIELD_FIRST else node.args
            yield from (c for c in map(_literal, words) if CODE.fullmatch(c))


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


def _literal(node: ast.expr) -> str:
    value = node.value if isinstance(node, ast.Constant) else ""
    return value if isinstance(value, str) else ""


def command_names(group: click.Group, prefix: str = "facemark") -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from command_names(command, f"{prefix} {name}")
        else:
            yield f"{prefix} {name}"


def test_there_are_errors_to_document() -> None:
    assert len(error_codes()) > 50


@pytest.mark.parametrize("code", sorted(error_codes()))
def test_every_error_code_is_explained(code: str) -> None:
    assert f"`{code}`" in (REFERENCE / "errors.md").read_text("utf-8")


@pytest.mark.parametrize("command", list(command_names(cli)))
def test_every_command_is_described(command: str) -> None:
    assert f"`{command}" in (REFERENCE / "cli.md").read_text("utf-8")


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_every_setting_is_described(name: str) -> None:
    assert f"`FACEMARK_{name.upper()}`" in (REFERENCE / "settings.md").read_text("utf-8")


@pytest.mark.parametrize("kind", list(EXIT_CODES), ids=lambda kind: kind.__name__)
def test_every_exit_code_is_listed(kind: type[FaceMarkError]) -> None:
    assert f"| {EXIT_CODES[kind]} |" in (REFERENCE / "cli.md").read_text("utf-8")
