import logging
import sys

from facemark.adapters.system.logs import DiscreetFormatter


def test_a_logged_exception_shows_its_place_and_kind_but_not_its_text() -> None:
    try:
        raise ValueError("Alice Adams +442079460001")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "failed", (), sys.exc_info())
    text = DiscreetFormatter().format(record)
    assert "test_logs.py" in text
    assert text.endswith("ValueError")
    assert "+442079460001" not in text.replace('raise ValueError("Alice Adams +442079460001")', "")
