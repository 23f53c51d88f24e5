"""Which face engines exist. Reading this list loads no vision library."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from facemark.domain.errors import InvalidInput
from facemark.services.ports.vision import FaceEngine

DEFAULT_ENGINE = "opencv"


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """`working_side`: longest side, in pixels, of the copy that the detector searches."""

    models_dir: Path
    threads: int
    working_side: int


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """`warning` must be shown to whoever chooses the engine."""

    name: str
    summary: str
    warning: str | None
    build: Callable[[EngineOptions], FaceEngine]


def _build_opencv(options: EngineOptions) -> FaceEngine:
    from facemark.adapters.vision.opencv_engine import build_opencv_engine

    return build_opencv_engine(
        options.models_dir, threads=options.threads, working_side=options.working_side
    )


def _build_face_recognition(options: EngineOptions) -> FaceEngine:
    from facemark.adapters.vision.dlib_engine import build_dlib_engine

    return build_dlib_engine(working_side=options.working_side)


ENGINES = (
    EngineInfo(
        name=DEFAULT_ENGINE,
        summary="YuNet and SFace on OpenCV",
        warning=None,
        build=_build_opencv,
    ),
    EngineInfo(
        name="face_recognition",
        summary="dlib's HOG detector and ResNet, as the face_recognition package uses them",
        warning=(
            "The makers of this engine say that it was trained on adults, does not work very well "
            "on children and mixes them up easily. Prefer the opencv engine in a school."
        ),
        build=_build_face_recognition,
    ),
)


def engine_info(name: str) -> EngineInfo:
    """Raises InvalidInput `engine_unknown`."""
    for info in ENGINES:
        if info.name == name:
            return info
    raise InvalidInput(
        "engine_unknown",
        f"there is no face engine called {name!r}",
        "choose one of: " + ", ".join(info.name for info in ENGINES),
    )


def build_engine(name: str, *, models_dir: Path, threads: int, working_side: int) -> FaceEngine:
    """Raises InvalidInput `engine_unknown`, or Unavailable when something is not installed."""
    return engine_info(name).build(EngineOptions(models_dir, threads, working_side))
