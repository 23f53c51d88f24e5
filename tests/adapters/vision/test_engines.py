import subprocess
import sys
from pathlib import Path

import pytest

from facemark.adapters.vision.engines import DEFAULT_ENGINE, ENGINES, build_engine, engine_info
from facemark.domain.errors import InvalidInput


def test_the_second_engine_warns_about_children() -> None:
    warning = engine_info("face_recognition").warning

    assert warning is not None
    assert "children" in warning
    assert engine_info(DEFAULT_ENGINE).warning is None


def test_an_unknown_engine_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=", ".join(info.name for info in ENGINES)) as caught:
        build_engine("telepathy", models_dir=tmp_path, threads=1, working_side=640)

    assert caught.value.code == "engine_unknown"


def test_listing_engines_loads_no_vision_library() -> None:
    script = (
        "import sys, facemark.adapters.vision.engines;"
        "sys.exit(bool({'cv2', 'dlib', 'onnx'} & set(sys.modules)))"
    )

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
