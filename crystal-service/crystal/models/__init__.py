"""The kinds of model that are served: to add one, write its class and name it here."""

from collections.abc import Mapping
from types import MappingProxyType

from crystal.models.base import Model
from crystal.models.pytorch import PytorchModel
from crystal.models.sklearn import SklearnModel

MODELS: Mapping[str, type[Model]] = MappingProxyType({"sklearn": SklearnModel, "pytorch": PytorchModel})
"""Each model's class under its name, which is also its path and its value in `/astromech`."""
