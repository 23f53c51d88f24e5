import hashlib
from pathlib import Path

import numpy as np
import pytest

from facemark.adapters.vision.frames import is_live, open_source
from facemark.domain.errors import InvalidInput, Unavailable


def test_a_recording_starts_at_zero_and_gives_every_frame(video: Path) -> None:
    frames = list(open_source(str(video)).frames())

    positions = [frame.position_s for frame in frames]
    assert positions == pytest.approx([n / 10 for n in range(30)], abs=1e-3)
    assert [round(float(frame.image.mean()) / 8) for frame in frames] == list(range(30))


def test_thinning_keeps_the_same_frames_at_every_replay(video: Path) -> None:
    source = open_source(str(video), max_fps=4)

    first, again = list(source.frames()), list(source.frames())

    positions = [frame.position_s for frame in first]
    assert len(positions) == 12
    assert [frame.position_s for frame in again] == positions
    assert np.diff(positions).max() < 0.31


def test_a_rate_above_the_recordings_own_drops_nothing(video: Path) -> None:
    assert len(list(open_source(str(video), max_fps=60).frames())) == 30


def test_the_fingerprint_is_the_files_sha256(video: Path) -> None:
    source = open_source(str(video))

    assert source.fingerprint == hashlib.sha256(video.read_bytes()).digest()
    assert not source.live


def test_closing_ends_the_frames(video: Path) -> None:
    source = open_source(str(video))
    frames = source.frames()
    next(frames)

    source.close()

    assert list(frames) == []


def test_a_file_cut_off_in_the_middle_gives_what_is_there(video: Path, tmp_path: Path) -> None:
    data = video.read_bytes()
    cut = tmp_path / "cut.avi"
    cut.write_bytes(data[: len(data) // 2])

    count = len(list(open_source(str(cut)).frames()))

    assert 0 < count < 30


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("no/such.mp4", "video_not_found"),
        ("ftp://camera.example/1", "source_unsupported"),
        ("file:///etc/hostname", "source_unsupported"),
    ],
)
def test_an_address_that_leads_nowhere_says_why(address: str, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        open_source(address)

    assert caught.value.code == code


def test_a_file_that_is_no_video_is_named(tmp_path: Path) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("no video at all")

    with pytest.raises(InvalidInput, match=r"notes\.mp4") as caught:
        open_source(str(text))

    assert caught.value.code == "video_unreadable"


@pytest.mark.parametrize("rate", [0.0, -1.0, float("nan")])
def test_an_impossible_rate_is_refused(video: Path, rate: float) -> None:
    with pytest.raises(InvalidInput) as caught:
        open_source(str(video), max_fps=rate)

    assert caught.value.code == "max_fps_invalid"


def test_a_missing_camera_says_so() -> None:
    with pytest.raises(Unavailable) as caught:
        open_source("97")

    assert caught.value.code == "camera_unavailable"


def test_the_password_of_a_stream_is_not_repeated() -> None:
    with pytest.raises(Unavailable) as caught:
        open_source("rtsp://porter:secret@127.0.0.1:9/door?token=hidden")

    assert "secret" not in str(caught.value)
    assert "hidden" not in str(caught.value)
    assert "127.0.0.1:9/door" in str(caught.value)


@pytest.mark.parametrize(
    ("address", "live"), [("0", True), ("rtsp://door/1", True), ("day.mp4", False), ("²", False)]
)
def test_what_is_live_is_known_before_opening(address: str, live: bool) -> None:  # noqa: FBT001 a parametrised expectation
    assert is_live(address) is live


def test_the_real_clip_is_monotone_from_zero(clip_folder: Path) -> None:
    frames = list(open_source(str(clip_folder / "short_hamilton_clip.mp4")).frames())

    positions = np.array([frame.position_s for frame in frames])
    assert len(frames) == 275
    assert positions[0] == 0.0
    assert (np.diff(positions) > 0).all()
    assert positions[-1] == pytest.approx(9.142, abs=0.001)
