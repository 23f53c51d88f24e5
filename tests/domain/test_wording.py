"""Texts are filled in literally and can do nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facemark.domain.errors import FaceMarkError, InvalidInput
from facemark.domain.wording import TEXTS, join_names, render_text

VALUES = {
    "institution": "Elm School",
    "student": "Alice",
    "date": "2026-03-02",
    "session": "Morning",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=list(TEXTS))
def test_every_text_begins_with_the_institution_and_names_the_student(text: str) -> None:
    rendered = render_text(text, VALUES)
    assert rendered.startswith("Elm School: ")
    assert "Alice" in rendered
    assert "2026-03-02" in rendered


@pytest.mark.parametrize(
    "template",
    [
        "{student.__class__}",
        "{student[0]}",
        "{0}",
        "{}",
        "{phone}",
        "{student!r}",
        "{student:>1000000000}",
    ],
)
def test_anything_but_a_plain_placeholder_is_refused(template: str) -> None:
    with pytest.raises(InvalidInput, match="placeholder_unknown"):
        render_text(template, VALUES)


def test_a_value_that_looks_like_a_placeholder_is_left_as_it_is() -> None:
    assert render_text("{student}", VALUES | {"student": "{date}"}) == "{date}"


@given(st.text())
def test_any_text_is_rendered_or_refused_with_a_code(template: str) -> None:
    code = ""
    try:
        render_text(template, VALUES)
    except FaceMarkError as error:
        code = error.code
    assert code in {"", "placeholder_unknown", "template_malformed"}


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (["Ada"], "Ada"),
        (["Ada", "Ben"], "Ada and Ben"),
        (["Ada", "Ben", "Cem"], "Ada, Ben and Cem"),
    ],
)
def test_siblings_are_listed_as_a_person_would_say_it(names: list[str], sentence: str) -> None:
    assert join_names(names) == sentence
