"""Fine-tunes a sentence encoder with a linear head on labelled texts.

Each text goes through the network twice, with other neurons dropped, and the two answers are drawn to each other
(R-Drop, Liang et al. 2021). Of texts that have none of the labels it learns that each is as likely as the others
(outlier exposure, Hendrycks et al. 2019). AdamW (Loshchilov & Hutter 2019) with a learning rate that is the smaller the
further a layer is from the head (Howard & Ruder 2018), rises at first, and then falls to 0.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from time import perf_counter
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, kl_div, log_softmax
from torch.optim import AdamW
from torch.optim.lr_scheduler import LambdaLR

from intent.encoder import MAX_TOKENS
from intent.training.encoders.networks import Network
from intent.training.encoding import Head, Lesson, Tell

EPOCHS: Final = 5
TEXTS: Final = 32
"""Of a step; each goes through the network twice."""
AGREEMENT: Final = 2.0
"""How much the difference of the two answers weighs beside the wrongness of both."""
ENCODER_RATE: Final = 1.5e-4
"""The learning rate of the last layer; that of the layer before is `DECAY` times as large, and so on."""
DECAY: Final = 0.9
HEAD_RATE: Final = 2e-3
WEIGHT_DECAY: Final = 0.01
WARM_UP: Final = 0.1
"""Share of the steps in which the learning rate rises."""
SHARPNESS: Final = 20.0
"""Of the head: vectors have length 1, and logits must be able to be further apart."""
TOLD: Final = 50
"""How often it is told how far it is."""
OUTSIDE_SHARE: Final = 1 / 32
"""Of the texts of an epoch that have none of the labels: they are repeated for it, but `MAX_REPEATS` times at most."""
MAX_REPEATS: Final = 5
NEIGHBOURS: Final = 32
"""Steps whose texts are sorted by length, so that few of their tokens are padding."""

_LAYERS: Final = {"layer", "layers"}
"""What stands before a layer's number in the names of parameters."""

Indices = NDArray[np.int64]


def finetune(network: Network, lesson: Lesson, tell: Tell, epochs: int = EPOCHS) -> Head:
    """Change the network's weights so that a linear head tells the labels of the lesson's texts; return the head.

    On a GPU where there is one, with bfloat16 where the processor has it; the network is on the CPU in the end.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    with torch.random.fork_rng():
        torch.manual_seed(lesson.seed)
        head = nn.Linear(network.dimensions, lesson.labels)
        nn.init.normal_(head.weight, std=0.02)
        nn.init.zeros_(head.bias)
        network.to(device).train()
        _train(network, head.to(device), _Texts.of(network, lesson), lesson.seed, device, tell, epochs)
    network.to("cpu").eval()
    weights, bias = (parameter.detach().cpu().numpy() for parameter in (head.weight, head.bias))
    return Head(np.ascontiguousarray(weights.T) * np.float32(SHARPNESS), bias)


@dataclass(frozen=True)
class _Texts:
    """Texts as the numbers of their tokens, and what is right of each one: its label's number.

    It is the number of labels for what has none of them.
    """

    tokens: Sequence[Sequence[int]]
    truth: Indices

    @classmethod
    def of(cls, network: Network, lesson: Lesson) -> "_Texts":
        tokenizer = network.tokenizer
        tokenizer.no_padding()
        tokenizer.enable_truncation(MAX_TOKENS)
        outside = list(lesson.outside) * _repeats(len(lesson.texts), len(lesson.outside))
        tokens = [each.ids for each in tokenizer.encode_batch([*lesson.texts, *outside])]
        return cls(tokens, np.concatenate([lesson.truth, np.full(len(outside), lesson.labels)]))

    def batches(self, random: np.random.Generator) -> Iterator[Indices]:
        """Yield the rows of each step of an epoch, in an order of chance, together those that are about as long."""
        lengths = np.array([len(each) for each in self.tokens])
        order = random.permutation(len(self.tokens))
        found: list[Indices] = []
        for first in range(0, len(order), TEXTS * NEIGHBOURS):
            part = order[first : first + TEXTS * NEIGHBOURS]
            part = part[np.argsort(lengths[part], kind="stable")]
            found += [part[start : start + TEXTS] for start in range(0, len(part), TEXTS)]
        for number in random.permutation(len(found)):
            yield found[number]

    def tensors(self, rows: Indices, device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
        """Return the numbers of tokens, 1 where there is one, and the labels, each row twice."""
        chosen = [self.tokens[row] for row in rows.tolist()] * 2
        numbers = torch.zeros(len(chosen), max(map(len, chosen)), dtype=torch.long)
        mask = torch.zeros_like(numbers)
        for row, each in enumerate(chosen):
            numbers[row, : len(each)] = torch.tensor(each)
            mask[row, : len(each)] = 1
        labels = torch.from_numpy(self.truth[rows]).repeat(2)
        return numbers.to(device), mask.to(device), labels.to(device)


def _train(
    network: Network, head: nn.Linear, texts: _Texts, seed: int, device: torch.device, tell: Tell, epochs: int
) -> None:
    random = np.random.default_rng(seed)
    steps = ceil(len(texts.tokens) / TEXTS) * epochs
    optimizer = AdamW(_groups(network, head), fused=True)
    targets = _targets(head.out_features).to(device)
    schedule = LambdaLR(optimizer, lambda step: _rate(step, steps))
    started, done = perf_counter(), 0
    for epoch in range(1, epochs + 1):
        for rows in texts.batches(random):
            numbers, mask, labels = texts.tensors(rows, device)
            with torch.autocast(device.type, torch.bfloat16, enabled=_has_bfloat16(device)):
                vectors = network(numbers, mask)
            loss = _loss(head(vectors.float() * SHARPNESS), targets[labels])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            done += 1
            if done * TOLD // steps > (done - 1) * TOLD // steps:
                left = (perf_counter() - started) / done * (steps - done) / 60
                tell(f"Fine-tuning: epoch {epoch} of {epochs}, {done / steps:.0%}, about {left:.1f} minutes left")


def _repeats(texts: int, outside: int) -> int:
    """Return how often an epoch has each text that has none of the labels."""
    return min(max(1, round(OUTSIDE_SHARE * texts / outside)), MAX_REPEATS) if outside else 0


def _targets(labels: int) -> Tensor:
    """Return how likely each label shall be for a text of each label, and in the last row for one that has none."""
    return torch.cat([torch.eye(labels), torch.full((1, labels), 1 / labels)])


def _loss(logits: Tensor, targets: Tensor) -> Tensor:
    first, second = log_softmax(logits, dim=-1).chunk(2)
    apart = kl_div(first, second, reduction="batchmean", log_target=True)
    apart = apart + kl_div(second, first, reduction="batchmean", log_target=True)
    return cross_entropy(logits, targets) + AGREEMENT / 4 * apart


def _groups(network: Network, head: nn.Linear) -> list[dict[str, object]]:
    """Return the parameters with their learning rates; matrices alone decay."""
    named = [(name, parameter) for name, parameter in network.named_parameters() if parameter.requires_grad]
    layers = [_layer(name) for name, _ in named]
    rates = [ENCODER_RATE * DECAY ** (max(layers) - layer) for layer in layers]
    groups: list[dict[str, object]] = [
        {"params": [parameter], "lr": rate, "weight_decay": WEIGHT_DECAY if parameter.ndim > 1 else 0.0}
        for (_, parameter), rate in zip(named, rates)
    ]
    return [*groups, {"params": list(head.parameters()), "lr": HEAD_RATE, "weight_decay": 0.0}]


def _layer(name: str) -> int:
    """Return the number of the layer that a parameter is in, from 1 on, and 0 for what is before the first."""
    return next(
        (int(part) + 1 for before, part in pairwise(name.split(".")) if before in _LAYERS and part.isdigit()), 0
    )


def _rate(step: int, steps: int) -> float:
    rising = max(1, round(WARM_UP * steps))
    return min((step + 1) / rising, max(0.0, (steps - step) / max(1, steps - rising)))


def _has_bfloat16(device: torch.device) -> bool:
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    known = torch.cpu.get_capabilities()
    return bool(known.get("avx512_bf16")) or bool(known.get("amx_bf16"))
