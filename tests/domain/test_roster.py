import codecs
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from facemark.domain.roster import (
    MAX_PROBLEMS,
    RosterFile,
    RosterGuardian,
    clean_text,
    parse_roster,
)
from facemark.domain.roster_table import MAX_BYTES, MAX_ROWS

FULL = """\
external_id,name,greeting_name,group,joined_on,left_on,guardian_name,guardian_phone,\
guardian_email,guardian_language,guardian2_name,guardian2_phone
S-1,Anna Nováková,Anča,7B,2026-09-01,,Eva Nováková,+420 601 123 456,eva@Example.org,cs,\
Jan Novák,+420601123457
S-2,Bela Kiss,,7B,,2027-06-30,,,,,,
"""


def codes(file: RosterFile) -> list[tuple[int, str, str]]:
    return [(p.line, p.column, p.code) for p in file.problems]


def parse(text: str, region: str | None = "GB") -> RosterFile:
    return parse_roster(text.encode(), default_region=region)


def test_a_full_export_is_read_with_two_guardians() -> None:
    file = parse(FULL)
    assert file.problems == ()
    anna, bela = file.rows
    assert (anna.external_id, anna.legal_name, anna.greeting_name) == (
        "S-1",
        "Anna Nováková",
        "Anča",
    )
    assert (anna.group, anna.joined_on, anna.left_on) == ("7B", date(2026, 9, 1), None)
    assert anna.guardians == (
        RosterGuardian("Eva Nováková", "+420601123456", "eva@example.org", "cs"),
        RosterGuardian("Jan Novák", "+420601123457", None, None),
    )
    assert (bela.greeting_name, bela.joined_on, bela.guardians) == (None, None, ())
    assert bela.left_on == date(2027, 6, 30)


@pytest.mark.parametrize(
    ("encode", "encoding"),
    [
        (lambda t: t.encode(), "utf-8"),
        (lambda t: t.encode("utf-8-sig"), "utf-8"),
        (lambda t: t.encode("utf-16"), "utf-16"),
        (lambda t: codecs.BOM_UTF16_BE + t.encode("utf-16-be"), "utf-16"),
        (lambda t: t.encode("utf-16-le"), "utf-16-le"),
        (lambda t: t.encode("utf-16-be"), "utf-16-be"),
        (lambda t: t.encode("cp1252"), "cp1252"),
    ],
    ids=["utf-8", "with mark", "utf-16", "big-endian", "bare le", "bare be", "windows"],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["unix", "dos"])
def test_the_same_list_is_read_however_it_was_saved(
    encode: Callable[[str], bytes],
    encoding: str,
    delimiter: str,
    newline: str,
) -> None:
    text = newline.join(["id,name", 'S-1,"Zoë Ångström"', "S-2,Bela", ""])
    file = parse_roster(encode(text.replace(",", delimiter)))
    assert [r.legal_name for r in file.rows] == ["Zoë Ångström", "Bela"]
    assert (file.problems, file.encoding) == ((), encoding)


def test_the_line_a_spreadsheet_puts_first_to_name_its_delimiter_is_understood() -> None:
    file = parse("sep=;\r\nid;name\r\nS-1;Anna\r\n;Bela\r\n")
    assert [r.external_id for r in file.rows] == ["S-1"]
    assert codes(file) == [(4, "id", "id_missing")]


def test_usual_names_of_columns_are_understood_in_any_case_and_order() -> None:
    file = parse(
        "Surname,First Name,Parent Mobile,PARENT 2 E-Mail,Class,Student ID,Shoe size\n"
        "Nováková,Anna,01632 960001,jan@example.org,7B,S-1,38\n"
    )
    assert file.problems == ()
    assert file.ignored_columns == ("Shoe size",)
    (row,) = file.rows
    assert (row.legal_name, row.greeting_name, row.group) == ("Anna Nováková", "Anna", "7B")
    assert [g.phone or g.email for g in row.guardians] == ["+441632960001", "jan@example.org"]


def test_every_problem_of_every_line_is_found_at_once() -> None:
    file = parse(
        "id,name,joined,left,guardian name,guardian phone,guardian email,guardian language\n"
        "S-1,Anna,01/09/2026,2026-02-30,Eva,12,eva@,english!\n"
        "S-1,12345,2026-09-02,2026-09-01,Jan,,,\n"
        ",Bela,,,,,,,surplus\n"
        "S-4,Dora,,,,,,\n"
    )
    assert codes(file) == [
        (2, "joined", "date_invalid"),
        (2, "left", "date_invalid"),
        (2, "guardian phone", "phone_invalid"),
        (2, "guardian email", "email_invalid"),
        (2, "guardian language", "language_invalid"),
        (3, "id", "id_twice"),
        (3, "name", "name_missing"),
        (3, "guardian name", "contact_missing"),
        (3, "left", "left_before_joined"),
        (4, "id", "id_missing"),
        (4, "", "row_too_long"),
    ]
    assert [r.external_id for r in file.rows] == ["S-4"]
    assert all(p.message and p.hint for p in file.problems)


def test_lines_are_counted_as_an_editor_does_across_quoted_line_breaks_and_blanks() -> None:
    file = parse('id,name\n\nS-1,"Anna\nNováková"\n , \n,Bela\n')
    assert [r.legal_name for r in file.rows] == ["Anna Nováková"]
    assert codes(file) == [(6, "id", "id_missing")]


def test_a_broken_quote_is_reported_on_its_line_and_reading_goes_on() -> None:
    file = parse('id,name\nS-1,"Anna" Nováková\nS-2,Bela\n,Cleo\n')
    assert codes(file) == [(2, "", "row_unreadable"), (4, "id", "id_missing")]


def test_a_quote_that_is_never_closed_is_reported() -> None:
    assert codes(parse('id,name\nS-1,"Anna\nS-2,Bela\n')) == [(2, "", "row_unreadable")]


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("name,class", "column_missing"),
        ("id,class", "column_missing"),
        ("id,student id,name", "column_twice"),
        ("姓名,班级", "column_missing"),
    ],
)
def test_a_header_that_will_not_do_stops_the_import(header: str, code: str) -> None:
    file = parse(f"{header}\na,b,c\n")
    assert file.rows == ()
    assert {p.code for p in file.problems} == {code}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "roster_empty"),
        (b"\n \n,,\n", "roster_empty"),
        (b"PK\x03\x04rest of a workbook", "roster_is_spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "roster_is_spreadsheet"),
        (b"id,name\nS-1,An\x00na\n", "roster_undecodable"),
        (b"id,name\nS-1,\x81\x8d\n", "roster_undecodable"),
        (codecs.BOM_UTF8 + b"id,name\nS-1,\xff\n", "roster_undecodable"),
        (codecs.BOM_UTF16_LE + b"i\x00d", "roster_undecodable"),
        (b"x" * (MAX_BYTES + 1), "roster_too_large"),
    ],
    ids=range(9),
)
def test_a_file_that_is_no_list_is_refused_as_a_whole(data: bytes, code: str) -> None:
    file = parse_roster(data)
    assert file.rows == ()
    assert codes(file) == [(0, "", code)]


def test_more_rows_than_can_be_imported_are_a_problem_not_a_cut() -> None:
    rows = "".join(f"{n},A\n" for n in range(MAX_ROWS + 1))
    assert codes(parse("id,name\n" + rows)) == [(0, "", "roster_too_large")]


def test_a_file_wrong_throughout_does_not_drown_its_reader() -> None:
    file = parse("id,name\n" + ",\n,x\n" * 5000)
    assert len(file.problems) == MAX_PROBLEMS + 1
    assert file.problems[-1].code == "too_many_problems"


def test_names_keep_their_letters_and_lose_what_cannot_be_seen() -> None:
    assert clean_text("  Ange\u0301lique\t\x07 O\u202eBrien\ufeff ") == "Angélique OBrien"
    assert clean_text("می\u200cنم") == "می\u200cنم"


def test_a_cell_that_looks_like_a_formula_stays_text() -> None:
    assert parse("id,name\n=1+1,-Anna\n").rows[0].external_id == "=1+1"


def test_an_overlong_cell_is_reported_once() -> None:
    file = parse(f"id,name,guardian name,guardian phone\nS-1,Anna,{'x' * 300},+441632960001\n")
    assert codes(file) == [(2, "guardian name", "text_too_long")]


def test_problems_never_repeat_a_phone_number_or_an_address() -> None:
    file = parse("id,name,parent phone,parent email\nS-1,Anna,0208777666555444333,eva@secret\n")
    assert len(file.problems) == 2
    shown = repr(file.problems)
    assert "777666" not in shown
    assert "secret" not in shown


cells = st.text(max_size=12) | st.sampled_from(
    ['"', '""', "+441632960001", "2026-09-01", "a@b.co", "\x00", "S-1", "\r", "\u2028", "=1"]
)
tables = st.lists(st.lists(cells, max_size=8).map(",".join), max_size=6).map("\n".join)
headers = st.sampled_from(["id,name,class,joined,parent phone,parent email\n", "id;name\n", ""])
texts = st.builds(lambda header, body: header + body, headers, tables)
encodings = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
files = st.binary(max_size=200) | st.builds(
    lambda text, encoding: text.encode(encoding, "replace"), texts, encodings
)


@seed(20260901)
@settings(max_examples=300)
@given(files, st.sampled_from([None, "GB", "??"]))
def test_hostile_files_yield_coded_problems_and_never_an_exception(
    data: bytes, region: str | None
) -> None:
    file = parse_roster(data, default_region=region)
    assert file.rows or file.problems or data.strip()
    for problem in file.problems:
        assert problem.code.replace("_", "").isalpha()
        assert problem.message
        assert problem.hint
    for row in file.rows:
        assert row.external_id == clean_text(row.external_id) != ""
        assert all(g.phone or g.email for g in row.guardians)
    assert len({row.external_id for row in file.rows}) == len(file.rows)
