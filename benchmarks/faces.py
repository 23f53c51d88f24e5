"""How well faces are told apart: `python -m benchmarks.faces --images DIR --pairs FILE`.

Verification by the LFW pairs, identification in 20 random galleries per size. Thresholds are set
on people who take no other part, for a false-positive identification rate of 0.003. Without
`--engine` the default engine is measured and the other one is its peer.
"""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks._lfw import FaceSet, load_face_set
from benchmarks._openset import measure_open_set
from benchmarks._pairs import fold_accuracy, pair_similarities, read_pairs, true_accept_rate
from facemark.adapters.vision.engines import DEFAULT_ENGINE, ENGINES, build_engine

GALLERIES = ((100, 1), (300, 1), (800, 1), (100, 3), (250, 3))
FAR = 1e-3
WORKING_SIDE = 640


def main(arguments: list[str] | None = None) -> int:
    options = _parse(arguments)
    names = [options.engine] if options.engine else _default_first()
    results = []
    for name in names:
        results.append(_measure(name, options))
        sys.stdout.write(_table(results[-1]))
    if options.json:
        ours, *peers = results
        answer = ours | ({"peer": peers[0]} if peers else {})
        sys.stdout.write(json.dumps(answer) + "\n")
    return 0


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faces", description=__doc__)
    parser.add_argument("--images", type=Path, required=True, help="DIR/Name/Name_0001.jpg")
    parser.add_argument("--pairs", type=Path, required=True, help="in the format of LFW")
    parser.add_argument("--engine", choices=[engine.name for engine in ENGINES])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    parser.add_argument("--cache", help="keep or reuse vectors; {engine} stands for its name")
    parser.add_argument("--models", type=Path, default=Path.home() / ".cache/facemark/models")
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args(arguments)


def _default_first() -> list[str]:
    return sorted((e.name for e in ENGINES), key=lambda name: name != DEFAULT_ENGINE)


def _measure(name: str, options: argparse.Namespace) -> dict[str, Any]:
    engine = build_engine(
        name, models_dir=options.models, threads=options.threads, working_side=WORKING_SIDE
    )
    cache = Path(options.cache.format(engine=name)) if options.cache else None
    faces = load_face_set(engine, options.images, cache)
    pairs = read_pairs(options.pairs, faces)
    similarity = pair_similarities(faces, pairs)
    return {
        "engine": name,
        "images": len(faces.names),
        "fte": 1.0 - float(faces.found.mean()),
        "lfw_accuracy": fold_accuracy(similarity, pairs),
        "tar_at_far_1e3": true_accept_rate(similarity, pairs, FAR),
        "open_set": _open_set(faces, options.seed),
    }


def _open_set(faces: FaceSet, seed: int) -> list[dict[str, Any]]:
    results = (measure_open_set(faces, n, k, seed=seed) for n, k in GALLERIES)
    return [asdict(result) for result in results if result is not None]


def _table(result: dict[str, Any]) -> str:
    lines = [
        f"{result['engine']}: {result['images']} photos, no face found in {result['fte']:.2%}",
        f"  pairs: accuracy {result['lfw_accuracy']:.2%}, "
        f"TAR {result['tar_at_far_1e3']:.2%} at FAR {FAR}",
        "     N  k  threshold    FPIR    FNIR   (95 %)            misnamed",
    ]
    for row in result["open_set"]:
        low, high = row["fnir_ci"]
        lines.append(
            f"  {row['n']:4d}  {row['k']}     {row['threshold']:.4f}  {row['fpir']:6.2%}  "
            f"{row['fnir']:6.2%}  ({low:6.2%} to {high:6.2%})  {row['false_attribution']:6.2%}"
        )
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    sys.exit(main())
