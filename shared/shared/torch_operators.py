"""Makes torchvision importable on a torch that its wheel was not built against.

Importing torchvision describes two detection operators to torch. Where its compiled part does not load (a
wheel for CUDA on a CPU torch), they do not exist and the import fails, although no classifier needs them.
Import this module before torchvision.
"""

import importlib

import torch

_SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"


def declare_missing_operators() -> None:
    """Import torchvision; if its operators are missing, declare them without a body and import it again."""
    try:
        importlib.import_module("torchvision")
    except RuntimeError as error:
        if "does not exist" not in str(error):
            raise
        for name in ("torchvision::nms", "torchvision::qnms"):
            torch.library.define(name, _SCHEMA)
        importlib.import_module("torchvision")


declare_missing_operators()
