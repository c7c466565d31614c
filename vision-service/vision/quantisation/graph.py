"""An ONNX graph whose layers' weights can be changed."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import helper, numpy_helper

Array: TypeAlias = NDArray[np.float32]
Node: TypeAlias = Any
"""An `onnx.NodeProto`, which has no types."""


@dataclass(frozen=True)
class Layer:
    """A convolution, or a linear layer, with weights of its own: (out, in, …)."""

    node: Node

    @property
    def name(self) -> str:
        """The node's name."""
        return str(self.node.name)

    @property
    def input(self) -> str:
        """The tensor that goes in."""
        return str(self.node.input[0])

    @property
    def weight(self) -> str:
        """The weights' name."""
        return str(self.node.input[1])

    @property
    def bias(self) -> str | None:
        """The bias's name, if there is one."""
        return str(self.node.input[2]) if len(self.node.input) > 2 else None


class Graph:
    """A model's nodes and the values of its initializers; two layers never share theirs."""

    def __init__(self, model: Any) -> None:  # noqa: ANN401 an onnx.ModelProto
        self._model = onnx.ModelProto()
        self._model.CopyFrom(model)
        self.nodes: list[Node] = list(self._model.graph.node)
        self.outputs: list[str] = [output.name for output in self._model.graph.output]
        self.values: dict[str, Array] = {i.name: numpy_helper.to_array(i) for i in self._model.graph.initializer}
        self.producers: dict[str, Node] = {name: node for node in self.nodes for name in node.output}
        self.consumers: dict[str, list[Node]] = defaultdict(list)
        for node in self.nodes:
            for name in node.input:
                self.consumers[name].append(node)
        self._separate()
        self.layers = [Layer(node) for node in self.nodes if self._is_layer(node)]

    def model(self) -> Any:  # noqa: ANN401 an onnx.ModelProto
        """Return the model with the values as they are now."""
        model = onnx.ModelProto()
        model.CopyFrom(self._model)
        del model.graph.initializer[:]
        model.graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in self.values.items())
        return model

    def copy(self) -> "Graph":
        """Return another graph with the same values."""
        return Graph(self.model())

    @property
    def image_shape(self) -> tuple[int, ...]:
        """An image's: (3, size, size)."""
        shape = self._model.graph.input[0].type.tensor_type.shape
        return tuple(place.dim_value for place in shape.dim[1:])

    def multiplications(self, photo: Array) -> dict[str, int]:
        """Return how many each layer needs for `photo`, (1, 3, size, size)."""
        session, names = self.watch()
        sizes = {name: value.size for name, value in zip(names, session.run(names, {"images": photo}), strict=True)}
        return {layer.name: sizes[layer.node.output[0]] * self.values[layer.weight][0].size for layer in self.layers}

    def watch(self) -> tuple[onnxruntime.InferenceSession, list[str]]:
        """Return a session that answers every node's outputs, and these tensors' names."""
        model, names = self.model(), list(self.producers)
        del model.graph.output[:]
        model.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in names)
        return open_session(model.SerializeToString(), optimised=False), names

    def _is_layer(self, node: Node) -> bool:
        """Tell whether it is a layer as a layer is defined above: of other linear ones the weights stay as they are."""
        if node.op_type not in {"Conv", "Gemm"} or node.input[1] not in self.values:
            return False
        attributes = {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}
        plain = attributes.get("alpha", 1) == attributes.get("beta", 1) == 1 and not attributes.get("transA")
        return node.op_type == "Conv" or bool(plain and attributes.get("transB"))

    def _separate(self) -> None:
        uses = Counter(name for node in self.nodes for name in node.input)
        for node in self.nodes:
            for place, name in enumerate(node.input):
                if node.op_type in {"Conv", "Gemm"} and place and name in self.values and uses[name] > 1:
                    node.input[place] = f"{name}/{node.name}"
                    self.values[node.input[place]] = self.values[name].copy()


def open_session(model: bytes, *, optimised: bool = True) -> onnxruntime.InferenceSession:
    """Return a session that runs the ONNX file `model`; optimised, tensors in between may vanish."""
    options = onnxruntime.SessionOptions()
    if not optimised:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(model, sess_options=options, providers=["CPUExecutionProvider"])
