"""How much the way of a face costs: bare models, ours on every face, ours with tracking, the peer.

`python -m benchmarks.pipeline --video FILE [--threads N] [--passes N] [--seed N] [--json]`. All
four see the same frame before anyone sees the next, in an order drawn per frame. Times are means
over the frames of a pass, medians over passes; decoding is not counted. The peer is the plain
face_recognition loop in `_plain_loop.py`.
"""

import argparse
import importlib.util
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import cv2
import numpy as np

from facemark.adapters.vision.calibration import read_calibration
from facemark.adapters.vision.engines import DEFAULT_ENGINE, build_engine
from facemark.adapters.vision.fold import folded
from facemark.adapters.vision.frames import open_source
from facemark.adapters.vision.quality_meter import AlignedCropMeter
from facemark.adapters.vision.weights import SFACE_INT8, YUNET_INT8, load_weights
from facemark.domain.faces import Frame
from facemark.domain.ids import PersonId, TemplateId
from facemark.domain.matching.gallery import Gallery
from facemark.domain.templates import Template
from facemark.domain.tracking import LookPolicy
from facemark.services.ports.vision import FaceEngine, TimedFrame
from facemark.services.recognition import Recogniser, RecognitionPolicy, Sighting

WORKING_SIDE = 640
MIN_SCORE = 0.6
PEER_MODULES = ("dlib", "face_recognition", "face_recognition_models")
PORTRAITS = {
    "Miranda": ("lin-manuel-miranda.png",),
    "Lacamoire": ("alex-lacamoire.png",),
    "Obama": ("obama.jpg", "obama2.jpg"),
    "Biden": ("biden.jpg",),
}
ABSENT = frozenset({"Biden"})
"""Enrolled, but not in the clip the portraits belong to: naming him is an error."""


@dataclass(slots=True)
class Runner:
    """One contender: what it costs, how many faces it finds and whom it names."""

    look: Callable[[TimedFrame], tuple[int, set[str]]]
    times_ms: list[float] = field(default_factory=list)
    faces: int = 0
    named: set[str] = field(default_factory=set)

    def take(self, frame: TimedFrame) -> None:
        started = time.perf_counter()
        faces, names = self.look(frame)
        self.times_ms.append((time.perf_counter() - started) * 1e3)
        self.faces += faces
        self.named |= names


class BareModels:
    """cv2's detector and recogniser on every face, and nothing else."""

    def __init__(self, models_dir: Path) -> None:
        nothing = np.empty(0, np.uint8)
        detector = load_weights((YUNET_INT8,), models_dir).data
        recogniser = folded(load_weights((SFACE_INT8,), models_dir), models_dir)
        self._detector = cv2.FaceDetectorYN.create(
            "onnx",
            np.frombuffer(detector, np.uint8),
            nothing,
            (WORKING_SIDE, WORKING_SIDE),
            MIN_SCORE,
        )
        self._recogniser = cv2.FaceRecognizerSF.create(
            "onnx", np.frombuffer(recogniser, np.uint8), nothing
        )

    def look(self, frame: TimedFrame) -> tuple[int, set[str]]:
        image = self._shrink(frame.image)
        self._detector.setInputSize((image.shape[1], image.shape[0]))
        _, found = self._detector.detect(image)
        rows = np.empty((0, 15), np.float32) if found is None else np.asarray(found)
        for row in rows:
            self._recogniser.feature(self._recogniser.alignCrop(image, row[np.newaxis]))
        return len(rows), set()

    def _shrink(self, image: Frame) -> Frame:
        scale = WORKING_SIDE / max(image.shape[:2])
        if scale >= 1:
            return image
        size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
        return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


class Ours:
    """A recogniser on a fresh run of the video."""

    def __init__(
        self, engine: FaceEngine, gallery: Gallery, names: Mapping[PersonId, str], *, economy: bool
    ) -> None:
        self.recogniser = Recogniser(
            engine,
            AlignedCropMeter(),
            gallery=lambda: gallery,
            calibration=read_calibration(engine.model),
            policy=RecognitionPolicy(looks=LookPolicy(economy=economy)),
        )
        self._names = names

    def look(self, frame: TimedFrame) -> tuple[int, set[str]]:
        sightings = self.recogniser.process(frame)
        return sum(not s.ended for s in sightings), self._named(sightings)

    def _named(self, sightings: Sequence[Sighting]) -> set[str]:
        return {self._names[s.person_id] for s in sightings if s.person_id is not None}


class Peer:
    """The child process; its own clock measures, the pipe only hands the turn over."""

    def __init__(self, child: "subprocess.Popen[str]") -> None:
        self._child = child
        self.runner = Runner(lambda frame: (0, set()))

    def take(self) -> None:
        answer = json.loads(self._ask())
        self.runner.times_ms.append(answer["ms"])
        self.runner.faces += answer["faces"]
        self.runner.named |= set(answer["names"])

    def _ask(self) -> str:
        if self._child.stdin is None or self._child.stdout is None:
            raise SystemExit("the peer has no pipes")
        self._child.stdin.write("next\n")
        self._child.stdin.flush()
        line = self._child.stdout.readline()
        if not line:
            raise SystemExit("the face_recognition loop ended early; run it alone to see why")
        return line


@dataclass(frozen=True, slots=True)
class Enrolled:
    gallery: Gallery
    names: Mapping[PersonId, str]
    portraits: Mapping[str, Sequence[Path]]


def enrol(engine: FaceEngine, folder: Path) -> Enrolled:
    """Whoever has all their portraits beside the video; an empty gallery otherwise."""
    portraits = {
        name: [folder / file for file in files]
        for name, files in PORTRAITS.items()
        if all((folder / file).is_file() for file in files)
    }
    names = {PersonId(UUID(int=n)): name for n, name in enumerate(portraits, start=1)}
    templates = [
        _template(engine, person, path)
        for person, name in names.items()
        for path in portraits[name]
    ]
    return Enrolled(Gallery.build(templates, version=1), names, portraits)


def _template(engine: FaceEngine, person: PersonId, path: Path) -> Template:
    image = np.asarray(cv2.imread(str(path), cv2.IMREAD_COLOR), np.uint8)
    faces = engine.detect(image)
    if len(faces) != 1:
        raise SystemExit(f"{path.name} shows {len(faces)} faces instead of one")
    vector = engine.embed(image, faces)[0]
    made_at = datetime(2026, 1, 1, tzinfo=UTC)
    return Template(TemplateId(UUID(int=0)), person, engine.model, made_at, vector)


@contextmanager
def started_peer(video: Path, enrolled: Enrolled, threads: int) -> Iterator[Peer | None]:
    """None, with a line on stderr, where the peer is not installed."""
    missing = [name for name in PEER_MODULES if importlib.util.find_spec(name) is None]
    if missing:
        sys.stderr.write(f"no peer: {', '.join(missing)} not installed\n")
        yield None
        return
    portraits = {name: [str(p) for p in paths] for name, paths in enrolled.portraits.items()}
    command = [sys.executable, "-m", "benchmarks._plain_loop", str(video), json.dumps(portraits)]
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
    child = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    )
    try:
        if child.stdout is None or child.stdout.readline() != "ready\n":
            raise SystemExit("the face_recognition loop did not start")
        yield Peer(child)
    finally:
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()


@dataclass(frozen=True, slots=True)
class Pass:
    """One run over the video. `embedded`: looks taken with tracking."""

    bare: Runner
    everything: Runner
    tracking: Runner
    peer: Runner | None
    embedded: int


@dataclass(frozen=True, slots=True)
class Bench:
    engine: FaceEngine
    bare: BareModels
    enrolled: Enrolled
    threads: int


def run_pass(bench: Bench, video: Path, order: random.Random) -> Pass:
    enrolled, engine = bench.enrolled, bench.engine
    everything = Ours(engine, enrolled.gallery, enrolled.names, economy=False)
    tracking = Ours(engine, enrolled.gallery, enrolled.names, economy=True)
    runners = [Runner(bench.bare.look), Runner(everything.look), Runner(tracking.look)]
    with started_peer(video, enrolled, bench.threads) as peer:
        for frame in open_source(str(video)).frames():
            turns: list[Callable[[], None]] = [
                lambda runner=runner, frame=frame: runner.take(frame)  # type: ignore[misc]
                for runner in runners
            ]
            if peer is not None:
                turns.append(peer.take)
            for turn in order.sample(turns, len(turns)):
                turn()
        bare, every, tracked = runners
        done = peer.runner if peer is not None else None
        return Pass(bare, every, tracked, done, tracking.recogniser.faces_embedded)


def warm_up(bench: Bench, video: Path) -> None:
    """The first call of a net allocates; nobody should pay for it while measured."""
    first = next(iter(open_source(str(video)).frames()))
    bench.bare.look(first)
    bench.engine.embed(first.image, bench.engine.detect(first.image))


def per_frame(runs: Sequence[Runner]) -> float:
    return statistics.median(statistics.fmean(run.times_ms) for run in runs)


def summarise(passes: Sequence[Pass]) -> dict[str, object]:
    last = passes[-1]
    bare = per_frame([p.bare for p in passes])
    everything = per_frame([p.everything for p in passes])
    tracking = per_frame([p.tracking for p in passes])
    summary: dict[str, object] = {
        "frames": len(last.bare.times_ms),
        "ours_ms_per_frame": round(tracking, 2),
        "ours_faces": last.everything.faces,
        "ours_embedded": last.embedded,
        "everything_ms_per_frame": round(everything, 2),
        "bare_ms_per_frame": round(bare, 2),
        "bare_ratio": round(everything / bare, 3),
        "everything_named": sorted(last.everything.named),
        "ours_named": sorted(last.tracking.named),
        "lost_by_tracking": sorted(last.everything.named - last.tracking.named),
        "wrongly_named": sorted((last.everything.named | last.tracking.named) & ABSENT),
    }
    if last.peer is None:
        return summary
    peer = per_frame([p.peer for p in passes if p.peer is not None])
    per_face = (peer / max(last.peer.faces, 1)) / (everything / max(last.everything.faces, 1))
    return summary | {
        "peer_ms_per_frame": round(peer, 2),
        "peer_faces": last.peer.faces,
        "peer_named": sorted(last.peer.named),
        "ratio": round(peer / tracking, 2),
        "ratio_per_face": round(per_face, 2),
    }


def table(summary: Mapping[str, object]) -> str:
    def row(label: str, ms: str, faces: str, named: str) -> str:
        names = summary.get(named)
        listed = ", ".join(names) if isinstance(names, list) else ""
        return f"{label:<22}{summary.get(ms, '-')!s:>10}{summary.get(faces, '-')!s:>8}  {listed}"

    return "\n".join(
        (
            f"{'':<22}{'ms/frame':>10}{'faces':>8}  named",
            row("bare models", "bare_ms_per_frame", "ours_faces", ""),
            row("ours, every face", "everything_ms_per_frame", "ours_faces", "everything_named"),
            row("ours, tracking", "ours_ms_per_frame", "ours_embedded", "ours_named"),
            row("face_recognition loop", "peer_ms_per_frame", "peer_faces", "peer_named"),
            f"every face / bare {summary['bare_ratio']}; peer / tracking {summary.get('ratio')}; "
            f"peer / every face, per face {summary.get('ratio_per_face')}",
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--video", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--passes", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    order = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        models = Path(folder)
        engine = build_engine(
            DEFAULT_ENGINE,
            models_dir=models,
            threads=arguments.threads,
            working_side=WORKING_SIDE,
        )
        enrolled = enrol(engine, arguments.video.parent)
        bench = Bench(engine, BareModels(models), enrolled, arguments.threads)
        warm_up(bench, arguments.video)
        passes = [run_pass(bench, arguments.video, order) for _ in range(arguments.passes)]
    summary = summarise(passes)
    sys.stdout.write(table(summary) + "\n")
    if arguments.json:
        sys.stdout.write(json.dumps(summary) + "\n")


if __name__ == "__main__":
    main()
