"""What people read on the two pages, from an empty folder to a Monday with an absentee."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from facemark.bootstrap import App
from facemark.domain.people import InstitutionKind
from facemark.domain.sessions import SessionTimes
from facemark.services.sessions import add_session
from facemark.services.setup import (
    InstitutionDraft,
    PersonDraft,
    add_person,
    create_institution,
)
from facemark.testing.cast import COMPANY, MONDAY, SCHOOL
from tests.ui.conftest import ON_MONDAY, found_monday, shown

Visit = Callable[..., AppTest]


def test_an_empty_folder_names_the_command_to_begin_with(visit: Visit) -> None:
    assert "facemark institution add" in shown(visit())


def test_without_people_the_next_step_is_to_add_them(app: App, visit: Visit) -> None:
    draft = InstitutionDraft("Elm School", InstitutionKind.SCHOOL, "Europe/London")
    create_institution(app.store, draft, app.clock)
    assert "facemark import" in shown(visit())


def test_without_a_session_the_next_step_is_to_plan_one(app: App, visit: Visit) -> None:
    draft = InstitutionDraft("Elm School", InstitutionKind.SCHOOL, "Europe/London")
    create_institution(app.store, draft, app.clock)
    add_person(app.tenant(), PersonDraft("alice", "Alice Adams", date(2025, 9, 1), group="4B"))
    page = shown(visit(on="2026-03-02"))
    assert "Nothing is planned for this day." in page
    assert 'facemark session add "Morning" --date 2026-03-02' in page


@pytest.mark.usefixtures("monday")
def test_today_says_in_one_sentence_how_it_stands(visit: Visit) -> None:
    page = shown(visit(on=ON_MONDAY))
    assert "1 of 3 are in; 1 is missing; 5A&#x27;s register is not taken." in page
    assert "1 student is missing in 4B" in page
    assert "absent: not seen by 08:30" in page


@pytest.mark.usefixtures("monday")
def test_today_shows_what_the_guardian_was_told(visit: Visit) -> None:
    page = shown(visit(on=ON_MONDAY))
    assert "Bob Brown" in page
    assert "Shown in the outbox" in page


@pytest.mark.usefixtures("monday")
def test_today_lists_the_last_scans_with_how_sure_they_were(visit: Visit) -> None:
    page = shown(visit(on=ON_MONDAY))
    assert "<time>07:58</time><b>Alice Adams</b><small>face 0.71</small>" in page


def test_each_session_of_the_day_can_be_chosen(monday: App, visit: Visit) -> None:
    times = SessionTimes(MONDAY, time(13), time(15), "Europe/London")
    add_session(monday.tenant(), times, name="Afternoon")
    test = visit(on=ON_MONDAY)
    assert "· Afternoon" in shown(test)
    choice = test.selectbox(key="session")
    choice.set_value(choice.options[0]).run()
    assert "· School day" in shown(test)
    assert "1 of 3 are in" in shown(test)


def test_a_company_reads_about_employees(app: App, visit: Visit) -> None:
    found_monday(app, COMPANY)
    page = shown(visit(on=ON_MONDAY))
    assert "1 employee is missing in 4B" in page
    assert "student" not in page


@pytest.mark.usefixtures("monday")
def test_a_date_that_is_none_is_explained(visit: Visit) -> None:
    assert "date_invalid" in shown(visit(on="yesterday"))


@pytest.mark.usefixtures("monday")
def test_the_outbox_shows_the_whole_text_and_that_nothing_left(visit: Visit) -> None:
    page = shown(visit("outbox"))
    assert "Elm School: Bob has not arrived for School day on 2026-03-02." in page
    assert "Dana Adams" in page
    assert "+442079460001" in page
    assert "Shown here instead of being sent: no SMS account is set up." in page


def test_an_empty_outbox_names_the_command_that_fills_it(app: App, visit: Visit) -> None:
    draft = InstitutionDraft("Elm School", InstitutionKind.SCHOOL, "Europe/London")
    create_institution(app.store, draft, app.clock)
    assert "facemark settle" in shown(visit("outbox"))


@pytest.mark.usefixtures("monday")
@pytest.mark.parametrize(("text", "found"), [("BOB", True), ("2079", True), ("alice", False)])
def test_the_outbox_is_searched_by_name_and_number(
    visit: Visit,
    text: str,
    found: bool,  # noqa: FBT001
) -> None:
    test = visit("outbox")
    test.text_input(key="q").set_value(text).run()
    assert ("Dana Adams" in shown(test)) is found


@pytest.mark.usefixtures("monday")
def test_the_filter_hides_other_states(visit: Visit) -> None:
    test = visit("outbox")
    test.button_group(key="state").set_value("trouble").run()
    assert "Dana Adams" not in shown(test)
    assert "No message fits" in shown(test)


def test_a_name_from_outside_is_text_and_never_markup(app: App, visit: Visit) -> None:
    draft = InstitutionDraft("<b>*Elm*</b>", InstitutionKind.SCHOOL, "Europe/London")
    create_institution(app.store, draft, app.clock)
    name = '<img src=x onerror=alert(1)>"Mallory'
    add_person(app.tenant(), PersonDraft("m", name, date(2025, 9, 1), group="4B"))
    page = shown(visit())
    assert "<img" not in page
    assert "<b>*Elm*" not in page


def test_two_institutions_are_kept_apart(app: App, visit: Visit) -> None:
    found_monday(app, SCHOOL)
    found_monday(app, replace(SCHOOL, name="Oak School"))
    test = visit("outbox")
    assert "Elm School: Bob" in shown(test)
    assert "Oak School: Bob" not in shown(test)
    test.selectbox(key="inst").set_value("2").run()
    assert "Oak School: Bob" in shown(test)
    assert "Elm School: Bob" not in shown(test)


def test_a_damaged_database_is_said_on_the_page(visit: Visit, tmp_path: Path) -> None:
    for name in ("facemark.db-wal", "facemark.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / "facemark.db").write_bytes(b"not a database " * 4096)
    page = shown(visit())
    assert 'class="fm-error" role="alert"' in page
    assert "database_damaged" in page
