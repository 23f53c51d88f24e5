"""Measure what a similarity is worth: `python -m benchmarks.calibrate --images DIR --out FILE`.

The shipped curve of an engine is this script's answer. It holds statistics only, no vector and no
name, and the same photos give the same file again.
"""

import argparse
import json
import sys
from pathlib import Path

from benchmarks._curve import CurveSource, build_curve
from benchmarks._lfw import FaceSet, load_face_set
from benchmarks._scores import ScoreSet, photo_scores, template_scores
from facemark.adapters.vision.engines import DEFAULT_ENGINE, ENGINES, build_engine

MEAN_OF = 3
# Enough for LFW's 250 x 250; larger photos are searched at this size.
WORKING_SIDE = 640


def main(arguments: list[str] | None = None) -> int:
    options = _parse(arguments)
    engine = build_engine(
        options.engine,
        models_dir=options.models,
        threads=options.threads,
        working_side=WORKING_SIDE,
    )
    faces = load_face_set(engine, options.images, options.cache)
    usable = faces.usable()
    scores = (photo_scores(usable), template_scores(usable, MEAN_OF))
    curve = build_curve(scores, _source(usable, options.dataset, engine.model.dimensions))
    options.out.write_text(json.dumps(curve, indent=1) + "\n", "utf-8")
    _report(faces, scores, options.out)
    return 0


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calibrate", description=__doc__)
    parser.add_argument("--images", type=Path, required=True, help="DIR/Name/Name_0001.jpg")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--engine", choices=[e.name for e in ENGINES], default=DEFAULT_ENGINE)
    parser.add_argument("--dataset", default="LFW deep-funneled, development folds")
    parser.add_argument("--cache", type=Path, help="keep or reuse the vectors here (.npz)")
    parser.add_argument("--models", type=Path, default=Path.home() / ".cache/facemark/models")
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args(arguments)


def _source(faces: FaceSet, dataset: str, dimensions: int) -> CurveSource:
    return CurveSource(
        engine=faces.engine,
        model_hash=faces.model_hash,
        dimensions=dimensions,
        dataset=dataset,
        images=len(faces.names),
        people=len(set(faces.names.tolist())),
    )


def _report(faces: FaceSet, scores: tuple[ScoreSet, ...], out: Path) -> None:
    lines = [f"{faces.engine}: {int(faces.found.sum())} of {len(faces.names)} photos used"]
    for label, one in zip(("one photo", f"mean of {MEAN_OF}"), scores, strict=True):
        lines.append(f"{label}: {len(one.impostor)} impostor, {len(one.genuine)} genuine scores")
    sys.stdout.write("\n".join([*lines, f"written to {out}", ""]))


if __name__ == "__main__":
    sys.exit(main())
