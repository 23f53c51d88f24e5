"""Turn a block-quantised ONNX model into a plain float32 one.

OpenCV 5 takes a net only when its image is the sole graph input. The int8 files list their weights
as inputs too and unpack them with DequantizeLinear and Reshape at run time; both operators act on
constants, so they are computed once here and the surplus inputs dropped. Nothing else changes.
"""

import hashlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facemark.adapters.vision.weights import LoadedWeights, write_atomically

FOLD_VERSION = 1

Constants = dict[str, NDArray[Any]]


def folded(weights: LoadedWeights, cache: Path) -> bytes:
    """The folded model, from the cache or computed and kept there.

    The file name carries source hash, fold version and the SHA-256 of the content, so a damaged
    file is recomputed. A cache that cannot be written costs the computation at each start only.
    """
    prefix = f"{weights.sha256}.fold{FOLD_VERSION}."
    for path in cache.glob(f"{prefix}*.onnx"):
        data = path.read_bytes()
        if path.name == f"{prefix}{hashlib.sha256(data).hexdigest()}.onnx":
            return data
    data = fold(weights.data)
    with suppress(OSError):
        write_atomically(cache / f"{prefix}{hashlib.sha256(data).hexdigest()}.onnx", data)
    return data


def fold(model_bytes: bytes) -> bytes:
    """The same function of the image with every DequantizeLinear/Reshape on constants computed."""
    import onnx

    model = onnx.load_from_string(model_bytes)
    graph = model.graph
    constants: Constants = {i.name: onnx.numpy_helper.to_array(i) for i in graph.initializer}
    kept = [node for node in graph.node if not _compute(node, constants)]
    used = {name for node in kept for name in node.input}
    image_inputs = [i for i in graph.input if i.name in used and i.name not in constants]
    initialisers = [
        onnx.numpy_helper.from_array(np.ascontiguousarray(value), name)
        for name, value in constants.items()
        if name in used
    ]
    for field, values in (
        (graph.node, kept),
        (graph.input, image_inputs),
        (graph.initializer, initialisers),
    ):
        del field[:]
        field.extend(values)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def _compute(node: Any, constants: Constants) -> bool:
    """Compute the node into `constants` if it is foldable; says whether it was."""
    from onnx.helper import get_attribute_value

    if node.op_type not in ("DequantizeLinear", "Reshape"):
        return False
    if any(name not in constants for name in node.input):
        return False
    values = [constants[name] for name in node.input]
    attributes = {a.name: get_attribute_value(a) for a in node.attribute}
    if node.op_type == "Reshape":
        result = values[0].reshape(values[1])
    else:
        result = _dequantise(values, attributes.get("axis", 1), attributes.get("block_size", 0))
    constants[node.output[0]] = result
    return True


def _dequantise(values: list[NDArray[Any]], axis: int, block: int) -> NDArray[np.float32]:
    """ONNX DequantizeLinear, opset 21: per tensor, per axis, or in blocks along the axis."""
    quantised, scale = values[0], values[1].astype(np.float32)
    zero = values[2].astype(np.float32) if len(values) > 2 else np.zeros_like(scale)  # noqa: PLR2004 the zero point is the optional third input
    shape = quantised.shape
    shifted = quantised.astype(np.float32) - _spread(zero, shape, axis, block=block)
    return np.asarray(shifted * _spread(scale, shape, axis, block=block), dtype=np.float32)


def _spread(
    parameter: NDArray[np.float32], shape: tuple[int, ...], axis: int, *, block: int
) -> NDArray[np.float32]:
    if parameter.ndim == 0:
        return parameter
    if block:
        repeated = np.repeat(parameter, block, axis=axis)
        return repeated[tuple(slice(size) for size in shape)]
    return parameter.reshape([-1 if i == axis else 1 for i in range(len(shape))])
