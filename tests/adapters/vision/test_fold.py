from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from facemark.adapters.vision.fold import fold, folded
from facemark.adapters.vision.weights import SFACE_INT8, LoadedWeights, load_weights


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> LoadedWeights:
    return load_weights((SFACE_INT8,), tmp_path_factory.mktemp("none"))


@pytest.fixture(scope="module")
def folded_model(original: LoadedWeights) -> bytes:
    return fold(original.data)


def test_the_folded_model_computes_the_same_vector(
    original: LoadedWeights, folded_model: bytes
) -> None:
    crop = np.random.default_rng(7).integers(0, 256, (1, 3, 112, 112)).astype(np.float32)

    difference = np.abs(_run(original.data, "data", crop) - _run(folded_model, "data", crop))

    assert difference.max() <= 1e-5


def test_the_image_is_the_only_input_left(folded_model: bytes) -> None:
    graph = onnx.load_from_string(folded_model).graph

    assert [i.name for i in graph.input] == ["data"]
    assert not {"DequantizeLinear", "Reshape"} & {node.op_type for node in graph.node}


@pytest.mark.parametrize(
    ("scale_shape", "attributes"),
    [((), {}), ((4,), {"axis": 0}), ((4, 2), {"axis": 1, "block_size": 3})],
    ids=["per tensor", "per axis", "in blocks"],
)
def test_every_kind_of_quantisation_is_unpacked_as_onnx_defines_it(
    scale_shape: tuple[int, ...], attributes: dict[str, Any]
) -> None:
    model = _quantised(scale_shape, attributes)
    image = np.arange(6, dtype=np.float32).reshape(1, 6)

    np.testing.assert_allclose(
        _run(model, "image", image), _run(fold(model), "image", image), rtol=1e-6
    )


def test_operators_on_the_image_itself_are_left_alone() -> None:
    reshape = helper.make_node("Reshape", ["image", "shape"], ["flat"])
    model = _model([reshape], {"shape": np.array([6], np.int64)}, [6])

    kept = onnx.load_from_string(fold(model)).graph.node

    assert [node.op_type for node in kept] == ["Reshape"]


def test_the_folded_model_is_kept_and_a_damaged_copy_made_again(tmp_path: Path) -> None:
    source = LoadedWeights("abc", _quantised((), {}))
    first = folded(source, tmp_path)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(b"damaged")

    assert folded(source, tmp_path) == first
    assert kept.read_bytes() == first


def _run(model: bytes, name: str, image: NDArray[np.float32]) -> NDArray[np.float32]:
    evaluator = ReferenceEvaluator(onnx.load_from_string(model))
    (output,) = list(evaluator.run(None, {name: image}))
    return np.asarray(output, np.float32)


def _quantised(scale_shape: tuple[int, ...], attributes: dict[str, Any]) -> bytes:
    rng = np.random.default_rng(1)
    constants: dict[str, NDArray[Any]] = {
        "packed": rng.integers(-128, 128, (4, 6)).astype(np.int8),
        "scale": rng.uniform(0.01, 0.1, scale_shape).astype(np.float32),
        "zero": rng.integers(-5, 5, scale_shape).astype(np.int8),
        "shape": np.array([6, 4], np.int64),
    }
    nodes = [
        helper.make_node("DequantizeLinear", ["packed", "scale", "zero"], ["plain"], **attributes),
        helper.make_node("Reshape", ["plain", "shape"], ["weight"]),
        helper.make_node("MatMul", ["image", "weight"], ["out"]),
    ]
    return _model(nodes, constants, [1, 4])


def _model(
    nodes: list[onnx.NodeProto], constants: dict[str, NDArray[Any]], shape: list[int]
) -> bytes:
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 6])],
        [helper.make_tensor_value_info(nodes[-1].output[0], TensorProto.FLOAT, shape)],
        [numpy_helper.from_array(np.asarray(v), k) for k, v in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    return bytes(model.SerializeToString())
