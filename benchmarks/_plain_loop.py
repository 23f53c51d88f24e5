"""The peer of `benchmarks.pipeline`, run as a child because importing it loads every model.

The loop is the one of face_recognition's own examples: locate faces (HOG, one upsample), encode
each, take the nearest known face if it is within the default tolerance of 0.6. It reads the video
itself and advances one frame per line on stdin, so that it takes turns with the others.
"""

import json
import sys
import time
from pathlib import Path

import cv2
import face_recognition
import numpy as np

TOLERANCE = 0.6


def main() -> None:
    video, portraits = Path(sys.argv[1]), json.loads(sys.argv[2])
    names, known = [], []
    for name, files in portraits.items():
        for file in files:
            encodings = face_recognition.face_encodings(face_recognition.load_image_file(file))
            names += [name] * len(encodings)
            known += encodings
    capture = cv2.VideoCapture(str(video))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for _ in sys.stdin:
        found, image = capture.read()
        if not found:
            break
        sys.stdout.write(json.dumps(look(image, names, known)) + "\n")
        sys.stdout.flush()


def look(image: np.ndarray, names: list[str], known: list[np.ndarray]) -> dict[str, object]:
    started = time.perf_counter()
    rgb = np.ascontiguousarray(image[:, :, ::-1])
    locations = face_recognition.face_locations(rgb)
    seen = []
    for encoding in face_recognition.face_encodings(rgb, locations):
        distances = face_recognition.face_distance(known, encoding)
        if len(distances) and distances.min() <= TOLERANCE:
            seen.append(names[int(distances.argmin())])
    took_ms = (time.perf_counter() - started) * 1e3
    return {"ms": took_ms, "faces": len(locations), "names": seen}


if __name__ == "__main__":
    main()
