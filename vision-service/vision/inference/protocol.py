"""The documents of the Open Inference Protocol 2, with Triton's extensions.

https://github.com/kserve/open-inference-protocol; binary tensor data, classification and model repository after
https://github.com/triton-inference-server/server/tree/main/docs/protocol.
"""

from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, SkipValidation

EXTENSIONS: Final = ("binary_tensor_data", "classification", "model_repository", "model_repository(unload_dependents)")
PLATFORM: Final = "onnxruntime_onnx"
MAX_RANK: Final = 4
MAX_ID: Final = 256
MAX_DIMENSION: Final = 2**63 - 1

InputName: TypeAlias = Literal["images", "image"]
OutputName: TypeAlias = Literal["logits", "probabilities", "features"]
OUTPUTS: Final[tuple[OutputName, ...]] = ("logits", "probabilities", "features")
Parameter: TypeAlias = bool | int | Annotated[float, Field(allow_inf_nan=False)] | str
Dimension: TypeAlias = Annotated[int, Field(ge=0, le=MAX_DIMENSION)]

_STRICT: Final = ConfigDict(strict=True)
_CLOSED: Final = ConfigDict(strict=True, extra="forbid")


class ServerMetadata(BaseModel):
    """What the server is."""

    name: str
    version: str
    extensions: list[str]


class ServerLive(BaseModel):
    """The server answers."""

    live: bool


class ServerReady(BaseModel):
    """The server can do its work."""

    live: bool = Field(description="The protocol's name for it.")
    ready: bool = Field(description="KServe's name for it.")


class ModelReady(BaseModel):
    """The model can do its work."""

    name: str
    ready: bool


class TensorMetadata(BaseModel):
    """What a tensor looks like; a size of -1 may vary."""

    name: str
    datatype: str
    shape: list[int]
    parameters: dict[str, str] | None = Field(None, description="What the protocol has no place for.")


class ModelMetadata(BaseModel):
    """What a model takes and gives."""

    name: str
    versions: list[str] = Field(description="The one in service; no other can be asked.")
    platform: str
    inputs: list[TensorMetadata] = Field(description="Of which a request has exactly one.")
    outputs: list[TensorMetadata]


class InputParameters(BaseModel):
    """How an input's data comes."""

    model_config = _CLOSED

    binary_data_size: Dimension | None = Field(None, description="Bytes after the JSON that are the tensor's data.")
    content_type: Literal["base64"] | None = Field(None, description="Of `image` in JSON, which is always so.")


class InferInput(BaseModel):
    """A tensor of a request, with either `data` or `parameters.binary_data_size`."""

    model_config = _STRICT

    name: InputName
    shape: list[Dimension] = Field(max_length=MAX_RANK)
    datatype: Literal["FP32", "BYTES"]
    parameters: InputParameters = InputParameters()
    data: list[Any] | None = Field(
        None, description="Of `images` numbers, flat or nested like the shape; of `image` files in base64."
    )


class OutputParameters(BaseModel):
    """How an output is to be given."""

    model_config = _CLOSED

    binary_data: bool | None = Field(None, description="After the JSON; by default as `binary_data_output` says.")
    classification: int | None = Field(
        None, ge=1, description="So many of the highest values, as `value:index:label`; at most all."
    )


class RequestedOutput(BaseModel):
    """An output that is wanted."""

    model_config = _STRICT

    name: OutputName
    parameters: OutputParameters = OutputParameters()


class RequestParameters(BaseModel):
    """How all outputs are to be given; others are given back with the answer."""

    model_config = ConfigDict(strict=True, extra="allow")
    __pydantic_extra__: dict[str, Parameter] = Field(init=False)

    binary_data_output: bool = Field(False, description="After the JSON, where an output does not say otherwise.")


class InferRequest(BaseModel):
    """A question to a model."""

    model_config = _STRICT

    id: str | None = Field(None, max_length=MAX_ID, description="Given back with the answer.")
    parameters: RequestParameters = RequestParameters()
    inputs: list[InferInput] = Field(min_length=1, max_length=1, description="Either `images` or `image`.")
    outputs: list[RequestedOutput] = Field([], max_length=len(OUTPUTS), description="By default all.")


class ResponseParameters(BaseModel):
    """Where an output's data is."""

    binary_data_size: int = Field(description="Bytes after the JSON that are the tensor's data.")


class InferOutput(BaseModel):
    """A tensor of an answer, with either `data` or `parameters.binary_data_size`."""

    name: str
    shape: list[int]
    datatype: str
    parameters: ResponseParameters | None = None
    data: Annotated[list[float] | list[str] | None, SkipValidation] = None


class InferResponse(BaseModel):
    """What a model says."""

    model_name: str
    model_version: str
    id: str | None = None
    parameters: dict[str, Parameter] | None = Field(None, description="The request's own.")
    outputs: list[InferOutput]


class IndexRequest(BaseModel):
    """Which models to list."""

    model_config = _CLOSED

    ready: bool = Field(False, description="Only those in service.")


class IndexEntry(BaseModel):
    """A version of a model."""

    name: str
    version: str
    state: Literal["READY", "UNAVAILABLE"]
    reason: str


class LoadParameters(BaseModel):
    """Which version to load."""

    model_config = _CLOSED

    version: str | None = Field(None, description="By default the one that was last in service.")


class LoadRequest(BaseModel):
    """How to load a model."""

    model_config = _CLOSED

    parameters: LoadParameters = LoadParameters()


class UnloadParameters(BaseModel):
    """What else to unload."""

    model_config = _CLOSED

    unload_dependents: bool = Field(False, description="There are none.")


class UnloadRequest(BaseModel):
    """How to unload a model."""

    model_config = _CLOSED

    parameters: UnloadParameters = UnloadParameters()
