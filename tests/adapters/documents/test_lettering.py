from itertools import pairwise

import pytest

from facemark.adapters.documents.fitting import TextPlace, fit_text
from facemark.adapters.documents.fonts import FontShelf, split_clusters
from facemark.adapters.documents.lettering import shape_line

SHELF = FontShelf()


def test_marks_and_joiners_stay_with_their_letter() -> None:
    assert split_clusters("e\u0301a") == ["e\u0301", "a"]
    assert split_clusters("क\u094d\u200dष") == ["क\u094d\u200dष"]


def test_arabic_letters_join_instead_of_standing_alone() -> None:
    word = "محمد"
    alone = [shape_line(SHELF, c).glyphs[0].index for c in word]
    joined = [g.index for g in reversed(shape_line(SHELF, word).glyphs)]
    assert len(joined) == len(alone)
    assert joined != alone


def test_a_line_that_starts_from_the_right_puts_its_first_word_rightmost() -> None:
    line = shape_line(SHELF, "שרה Sara")
    hebrew = SHELF.find("ש", bold=False, prefer=None)
    at = [g.x for g in line.glyphs if g.font is hebrew]
    latin = [g.x for g in line.glyphs if g.font is not hebrew]
    assert line.direction == "rtl"
    assert min(at) > max(latin)


def test_words_of_the_other_direction_keep_their_own_order() -> None:
    line = shape_line(SHELF, "Anna דוד Bela")
    xs = [g.x for g in line.glyphs]
    assert line.direction == "ltr"
    assert all(a <= b for a, b in pairwise(xs))


def test_bold_is_wider_than_regular() -> None:
    assert shape_line(SHELF, "Anna", bold=True).width > shape_line(SHELF, "Anna").width


def test_a_text_shrinks_before_it_wraps_to_more_lines_than_allowed() -> None:
    place = TextPlace(width=100, sizes=(14, 12, 10, 8), lines=1)
    short, long = fit_text(SHELF, "Anna", place), fit_text(SHELF, "Anna Maria Nováková", place)
    assert short.size == 14
    assert long.size < 14
    assert len(long.lines) == 1


@pytest.mark.parametrize("text", ["Anna " * 60, "A" * 300, "李" * 200, "م" * 200])
def test_whatever_is_given_stays_inside_its_place(text: str) -> None:
    place = TextPlace(width=100, sizes=(14, 8), lines=2)
    fitted = fit_text(SHELF, text, place)
    assert fitted.size == 8
    assert 1 <= len(fitted.lines) <= 2
    assert all(line.width * fitted.size <= place.width for line in fitted.lines)
    assert fitted.missing == ""


def test_without_the_font_packages_latin_names_still_print() -> None:
    bare = FontShelf(carriers=["no-such-package"])
    assert shape_line(bare, "Zoë Ångström").missing == ""
    assert shape_line(bare, "Zoë 李").missing == "李"
