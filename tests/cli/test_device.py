"""Pairing, listing and revoking kiosks by command."""

import re
from pathlib import Path

import numpy as np
from PIL import Image

from facemark.adapters.qr.reader import ZxingQrReader
from tests.cli.conftest import Terminal

LINK = re.compile(r"(http\S+)/kiosk#(1-[\w-]{43})")


def test_the_link_is_printed_and_drawn_and_the_secret_is_in_its_fragment(
    school: Terminal, tmp_path: Path
) -> None:
    code = tmp_path / "codes" / "door.png"
    answer = school.type("device", "pair", "Main door", "--png", str(code))
    assert answer.code == 0
    (link,) = LINK.finditer(answer.out)
    assert link[1] == "http://127.0.0.1:8600"
    assert "█" in answer.out
    picture = np.asarray(Image.open(code).convert("RGB"), np.uint8)
    assert ZxingQrReader().read(picture) == [link[0]]


def test_the_link_leads_to_the_given_address(school: Terminal) -> None:
    answer = school.type("device", "pair", "Door", "--url", "https://192.168.1.20/")
    (link,) = LINK.finditer(answer.out)
    assert link[1] == "https://192.168.1.20"
    assert "https pages only" not in answer.out
    lan = school.type("device", "pair", "Tablet", "--url", "http://192.168.1.20:8600").out
    assert "https pages only" in lan


def test_devices_are_listed_with_their_state(school: Terminal) -> None:
    assert school.type("device", "list").out.startswith("No device yet")
    school.type("device", "pair", "Back door", "--direction", "out")
    school.type("device", "pair", "Front door")
    assert school.type("device", "revoke", "Back door").code == 0
    back, front = school.type("device", "list", "--json").json()
    assert (back["name"], back["direction"], bool(back["revoked_at"])) == ("Back door", "out", True)
    assert (front["name"], front["direction"], front["revoked_at"]) == ("Front door", "in", None)
    assert "valid" in school.type("device", "list").out


def test_an_unknown_device_cannot_be_revoked(school: Terminal) -> None:
    answer = school.type("device", "revoke", "Attic")
    assert (answer.code, answer.err.split(":")[0]) == (4, "device_unknown")
