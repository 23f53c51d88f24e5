"""A first day by command, and what is said when something is not right."""

from pathlib import Path

import pytest

from facemark.adapters.qr.reader import ZxingQrReader
from facemark.adapters.vision.decoder import PillowDecoder
from tests.cli.conftest import Terminal

CUT_OFF_PASSED = "2026-03-02T09:00:00+00:00"


def test_a_new_folder_is_set_up_by_the_first_command(terminal: Terminal) -> None:
    answer = terminal.type("institution", "add", "Elm School", "--zone", "Europe/London")
    assert answer.out == "Institution 1 Elm School is ready.\n"
    assert (terminal.data / "facemark.db").exists()


def test_a_day_without_faces_runs_from_roster_to_message(school: Terminal) -> None:
    settled = school.type("settle", "--at", CUT_OFF_PASSED, "--untaken-as-absent", "--json").json()
    assert settled[0]["counts"] == {"absent": 2}
    dispatched = school.type("dispatch", "--at", CUT_OFF_PASSED, "--json").json()
    assert dispatched["sent"] == 1
    (message,) = school.type("outbox", "--json").json()
    assert message["to"] == "+442079460001"
    assert message["text"].startswith("Elm School: Bob has not arrived for Day on 2026-03-02.")
    (session,) = school.type("status", "--json").json()["sessions"]
    assert [(p["external_id"], p["status"]) for p in session["people"]] == [
        ("alice", "absent"),
        ("bob", "absent"),
    ]


def test_a_register_nobody_took_is_said_and_marks_nobody(school: Terminal) -> None:
    answer = school.type("settle", "--at", CUT_OFF_PASSED)
    assert "4B: register not taken, nobody there was marked absent." in answer.out
    assert "register not taken" in school.type("status").out


def test_a_pass_is_drawn_and_can_be_read_back(school: Terminal, tmp_path: Path) -> None:
    card = tmp_path / "cards.pdf"
    answer = school.type("pass", "issue", "alice", "--png", str(tmp_path), "--card", str(card))
    _, text = answer.out.split()
    picture = PillowDecoder().decode((tmp_path / "alice.png").read_bytes())
    assert ZxingQrReader().read(picture) == [text]
    assert card.read_bytes().startswith(b"%PDF-")
    assert school.type("pass", "revoke", "alice").out.startswith("1 pass(es) of alice")


def test_a_csv_file_is_imported_or_refused_by_line(school: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("id,name,class\nc1,Cem Oak,5A\n,Nobody,5A\n")
    refused = school.type("import", str(path))
    assert refused.code == 3
    assert refused.err.startswith("line 3")
    assert refused.err.endswith("Nothing was imported.\n")
    path.write_text("id,name,class\nc1,Cem Oak,5A\n")
    assert school.type("import", str(path)).out.startswith("1 people were added")


@pytest.mark.parametrize(
    ("words", "exit_code", "error_code"),
    [
        (["person", "add", "alice", "Alice Again"], 5, "person_exists"),
        (["person", "add", "c", "  "], 3, "name_empty"),
        (["person", "add", "c", "Cem", "--joined", "yesterday"], 3, "date_invalid"),
        (["guardian", "add", "zoe", "Dana", "--email", "d@example.org"], 4, "person_unknown"),
        (["guardian", "add", "bob", "Dana"], 3, "contact_missing"),
        (["guardian", "add", "bob", "Dana", "--phone", "12"], 3, "phone_needs_country"),
        (["consent", "record", "zoe"], 4, "person_unknown"),
        (["enrol", "alice", "missing.jpg"], 3, "file_unreadable"),
        (["watch", "missing.mp4"], 3, "started_at_missing"),
        (["watch", "missing.mp4", "--started-at", "2026-03-02T08:00Z"], 3, "video_not_found"),
        (["watch", "0", "--started-at", "2026-03-02T08:00Z"], 3, "started_at_unexpected"),
        (["settle", "--at", "2026-03-02T09:00"], 3, "instant_invalid"),
        (["pass", "revoke", "alice"], 4, "pass_unknown"),
        (["--institution", "7", "status"], 4, "institution_unknown"),
        (["models", "install", "weights.onnx"], 3, "hash_missing"),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, list) else None,
)
def test_mistakes_are_answered_with_a_code_and_advice(
    school: Terminal, words: list[str], exit_code: int, error_code: str
) -> None:
    answer = school.type(*words)
    assert answer.code == exit_code
    message, advice = answer.err.strip().split("\n")
    assert message.startswith(f"{error_code}: ")
    assert advice.strip()


@pytest.mark.parametrize(
    ("option", "value", "error_code"),
    [
        ("--start", "8 o'clock", "time_invalid"),
        ("--group", "9Z", "group_unknown"),
        ("--site", "Annex", "site_unknown"),
        ("--grace", "45", "session_times_invalid"),
        ("--date", "2026-02-30", "date_invalid"),
    ],
)
def test_a_session_that_cannot_be_is_refused(
    school: Terminal, option: str, value: str, error_code: str
) -> None:
    good = {"--date": "2026-03-03", "--start": "08:00", "--end": "15:00"}
    options = [word for pair in (good | {option: value}).items() for word in pair]
    assert error_code in school.type("session", "add", "Day", *options).err


def test_the_same_session_cannot_be_added_twice(school: Terminal) -> None:
    words = ("--date", "2026-03-02", "--start", "08:00", "--end", "15:00")
    answer = school.type("session", "add", "Day", *words)
    assert (answer.code, answer.err.split(":")[0]) == (5, "session_exists")


def test_with_two_institutions_one_has_to_be_chosen(school: Terminal) -> None:
    school.type("institution", "add", "Fir Ltd", "--zone", "UTC", "--kind", "company")
    assert "institution_ambiguous" in school.type("status").err
    assert school.type("--institution", "2", "person", "list").out.startswith("Nobody yet")


def test_an_unknown_setting_value_is_named(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FACEMARK_TARGET_FPIR", "often")
    answer = terminal.type("institution", "list")
    assert answer.code == 3
    assert answer.err.startswith("setting_invalid: FACEMARK_TARGET_FPIR: ")


def test_without_its_master_key_the_data_stays_closed(school: Terminal) -> None:
    (school.data / "keys" / "master.key").unlink()
    answer = school.type("person", "list")
    assert (answer.code, answer.err.split(":")[0]) == (7, "master_key_missing")


def test_the_doctor_finds_a_healthy_installation(school: Terminal) -> None:
    report = school.type("doctor", "--json").json()
    assert [check["check"] for check in report["checks"] if not check["ok"]] == []


def test_the_doctor_changes_nothing_on_a_new_machine(terminal: Terminal) -> None:
    assert terminal.type("doctor").code == 0
    assert not (terminal.data / "facemark.db").exists()


def test_the_doctor_says_what_to_do_about_a_lost_key(school: Terminal) -> None:
    (school.data / "keys" / "master.key").unlink()
    answer = school.type("doctor", "--json")
    failed = {check["code"] for check in answer.json()["checks"] if not check["ok"]}
    assert answer.code == 7
    assert "master_key_missing" in failed
