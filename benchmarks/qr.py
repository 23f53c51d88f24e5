"""How many real photos of QR codes are read, and how fast; the peer is OpenCV's own detector.

`python -m benchmarks.qr --images DIR [--json]`: DIR holds NN.png or NN.jpg beside NN.txt, at any
depth. Both readers see the same picture one after the other, in an order drawn by `--seed`.
"""

import argparse
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from facemark.adapters.qr.reader import QrEffort, ZxingQrReader
from facemark.domain.faces import Frame

Read = Callable[[Frame], list[str]]

# Photos of the ZXing set were labelled on several systems.
_ENCODINGS = ("utf-8", "cp1252", "shift_jis")


@dataclass(frozen=True, slots=True)
class Photo:
    image: Frame
    accepted: frozenset[str]


@dataclass(slots=True)
class Tally:
    """`wrong` counts photos from which only texts came that are not on them."""

    read: int = 0
    wrong: int = 0
    times_ms: list[float] = field(default_factory=list)

    def add(self, reader: Read, photo: Photo) -> None:
        started = time.perf_counter()
        texts = {_normalise(text) for text in reader(photo.image)}
        self.times_ms.append((time.perf_counter() - started) * 1e3)
        right = bool(texts & photo.accepted)
        self.read += right
        self.wrong += bool(texts) and not right

    @property
    def median_ms(self) -> float:
        return round(statistics.median(self.times_ms), 3)


def load_photos(folder: Path) -> list[Photo]:
    pictures = (p for p in sorted(folder.rglob("*")) if p.suffix.lower() in {".png", ".jpg"})
    labelled = ((p, p.with_suffix(".txt")) for p in pictures)
    return [_load(picture, label) for picture, label in labelled if label.exists()]


def _load(picture: Path, label: Path) -> Photo:
    image = cv2.imdecode(np.fromfile(picture, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise SystemExit(f"{picture} is not a picture")
    return Photo(np.asarray(image, np.uint8), _spellings(label.read_bytes()))


def _spellings(data: bytes) -> frozenset[str]:
    found = set()
    for encoding in _ENCODINGS:
        try:
            found.add(_normalise(data.decode(encoding)))
        except UnicodeDecodeError:
            continue
    return frozenset(found)


def _normalise(text: str) -> str:
    return text.replace("\r\n", "\n").rstrip("\n")


def read_with_opencv(detector: cv2.QRCodeDetector) -> Read:
    """One code a picture: on these photos that reads more, and faster, than asking for several."""

    def read(image: Frame) -> list[str]:
        try:
            text = detector.detectAndDecode(image)[0]
        except (cv2.error, UnicodeDecodeError):
            return []
        return [text] if text else []

    return read


def measure(photos: Sequence[Photo], readers: dict[str, Read], seed: int) -> dict[str, Tally]:
    order = random.Random(seed)
    tallies = {name: Tally() for name in readers}
    for photo in photos:
        for name in order.sample(list(readers), len(readers)):
            tallies[name].add(readers[name], photo)
    return tallies


def summarise(total: int, tallies: dict[str, Tally]) -> dict[str, float]:
    ours, live, peer = (tallies[name] for name in ("thorough", "live", "peer"))
    return {
        "total": total,
        "read": ours.read,
        "wrong": ours.wrong,
        "median_ms": ours.median_ms,
        "live_read": live.read,
        "live_wrong": live.wrong,
        "live_median_ms": live.median_ms,
        "peer_read": peer.read,
        "peer_wrong": peer.wrong,
        "peer_median_ms": peer.median_ms,
        "ratio": round(peer.median_ms / ours.median_ms, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    photos = load_photos(arguments.images)
    if not photos:
        raise SystemExit(f"{arguments.images} holds no picture with a .txt beside it")
    tallies = measure(
        photos,
        {
            "thorough": ZxingQrReader(QrEffort.THOROUGH).read,
            "live": ZxingQrReader(QrEffort.LIVE).read,
            "peer": read_with_opencv(cv2.QRCodeDetector()),
        },
        arguments.seed,
    )
    rows = [f"{'reader':<10}{'read':>7}{'wrong':>7}{'median ms':>11}"]
    rows += [f"{n:<10}{t.read:>7}{t.wrong:>7}{t.median_ms:>11.2f}" for n, t in tallies.items()]
    rows.append(f"of {len(photos)} photos")
    if arguments.json:
        rows.append(json.dumps(summarise(len(photos), tallies)))
    sys.stdout.write("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
