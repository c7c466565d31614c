"""A sentence encoder in PyTorch as a function of tensors, which can be fine-tuned and exported."""

from hashlib import sha256

from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer
from torch import Tensor, float32, nn

from intent.encoder import EncoderError


class Network(nn.Module):
    """An encoder whose vectors have length 1."""

    def __init__(self, encoder: SentenceTransformer) -> None:
        """Raises EncoderError where it has no fast tokenizer, which serving needs."""
        super().__init__()
        self.encoder = encoder
        tokenizer, dimensions = getattr(encoder.tokenizer, "backend_tokenizer", None), encoder.get_embedding_dimension()
        if not isinstance(tokenizer, Tokenizer) or dimensions is None:
            raise EncoderError("the encoder has no tokenizer in the form of `tokenizer.json`, or no vectors")
        self.tokenizer = tokenizer
        self.dimensions = dimensions

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Return the vectors, (texts, dimensions), of token numbers and 1 where there is one, both (texts, tokens)."""
        features = self.encoder({"input_ids": input_ids, "attention_mask": attention_mask})
        return nn.functional.normalize(features["sentence_embedding"])

    def weights_sha256(self) -> str:
        """Return the hash of all weights, which is the same whatever file they come from."""
        digest = sha256()
        for name, tensor in sorted(self.state_dict().items()):
            digest.update(f"{name}{tuple(tensor.shape)}".encode())
            digest.update(tensor.detach().to("cpu", float32).contiguous().numpy().tobytes())
        return digest.hexdigest()
