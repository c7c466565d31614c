"""A map: the rows in two dimensions, near ones together and far ones apart.

PaCMAP (Wang, Huang, Rudin & Shaposhnik 2021, Understanding How Dimension Reduction Tools Work, JMLR 22), on the
neighbours that are known already. A map is laid out from an older one where that has most of its rows and fits them.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from debugger.evidence.neighbours import Neighbours
from debugger.evidence.pairs import Indices, Pairs

Floats = NDArray[np.float32]

SEED: Final = 0
ENOUGH_KNOWN: Final = 0.5
"""With this share of its rows on the older map, a map is laid out from there too."""

TOLERANCE: Final = 1.02
"""So much worse than a fresh map that one may be; after the embedding has changed it is more."""

FILLED: Final = 0.9
"""So much of its square a map fills; the rest is for what comes."""

MIN_EXTENT: Final = 0.7
"""A map that fills no more than this is made larger."""

_ROUNDS: Final = 450
_WARM_ROUNDS: Final = 100
_MIDDLE_UNTIL: Final = 200
"""Rounds in which pairs of rows half way off hold the whole together."""

_PACE: Final = 1.0
_WARM_PACE: Final = 0.1
_DECAYS: Final = (0.9, 0.999)
_START: Final = 0.01
_PULL_NEAR: Final = 10.0
_PULL_MIDDLE: Final = 10_000.0
_SCALES: Final = np.geomspace(0.5, 500, 61).astype(np.float32)


@dataclass(frozen=True)
class OlderMap:
    """Where rows were on an older map."""

    positions: Floats
    """(n, 2) NaN for those that it had not."""

    @property
    def known(self) -> NDArray[np.bool_]:
        """(n,) whether the row was there."""
        return np.isfinite(self.positions[:, 0])


def project(embedding: Floats, neighbours: Neighbours, older: OlderMap | None = None) -> Floats:
    """Return (n, 2) positions from -1 to 1 of the rows of `embedding`, (n, d) of unit length or zeros.

    The same rows give the same map. With an `older` one, its rows stay about where they were.
    """
    if len(embedding) < 2:
        return np.zeros((len(embedding), 2), np.float32)
    random = np.random.default_rng(SEED)
    pairs = Pairs.of(embedding, neighbours, random)
    fresh = _lay_out(_START * _principal(embedding, random), pairs, 0, _PACE)
    if older is None:
        return _filling(fresh)
    if older.known.mean() < ENOUGH_KNOWN:
        return _fitted(aligned(fresh, older))
    start = _scaled(_filled(older, pairs.near), pairs)
    start += random.normal(0, _START, start.shape).astype(np.float32)
    moved = _lay_out(start, pairs, _ROUNDS - _WARM_ROUNDS, _WARM_PACE)
    is_as_good = _loss(moved, pairs) <= TOLERANCE * _loss(fresh, pairs)
    return _fitted(aligned(moved if is_as_good else fresh, older))


def aligned(positions: Floats, older: OlderMap) -> Floats:
    """Return the positions moved, turned, mirrored and scaled as a whole to where their rows were (Procrustes)."""
    known = older.known
    if known.sum() < 2:
        return _filling(positions)
    new, old = positions[known].astype(np.float64), older.positions[known].astype(np.float64)
    new_centre, old_centre = new.mean(axis=0), old.mean(axis=0)
    left, strengths, right = np.linalg.svd((new - new_centre).T @ (old - old_centre))
    spread = float(((new - new_centre) ** 2).sum())
    if not spread or not strengths.sum():
        return _filling(positions)
    turn = (left @ right) * (strengths.sum() / spread)
    found: Floats = ((positions - new_centre) @ turn + old_centre).astype(np.float32)
    return found


def _fitted(positions: Floats) -> Floats:
    """Return them within the square; as they are where they are and fill it."""
    extent = np.abs(positions).max(initial=0)
    return positions if MIN_EXTENT <= extent <= 1 else _filling(positions)


def _filling(positions: Floats) -> Floats:
    low, high = positions.min(axis=0), positions.max(axis=0)
    half = float((high - low).max()) / 2
    centred = positions - (low + high) / 2
    filling: Floats = (centred * (FILLED / half) if half else centred).astype(np.float32)
    return filling


def _principal(embedding: Floats, random: np.random.Generator) -> Floats:
    """Return (n, 2) the rows along the two directions in which they differ most; a little by chance where in none."""
    with threadpool_limits(1):
        centred = embedding - embedding.mean(axis=0)
        _, directions = np.linalg.eigh(centred.T @ centred)
        found = np.zeros((len(embedding), 2), np.float32)
        found[:, : embedding.shape[1]] = centred @ _facing(directions[:, ::-1][:, :2])
    found += random.normal(0, _START, found.shape).astype(np.float32)
    return found


def _facing(directions: Floats) -> Floats:
    """Return the columns, each turned so that its greatest part is positive."""
    greatest = np.abs(directions).argmax(axis=0)
    facing: Floats = directions * np.sign(directions[greatest, np.arange(directions.shape[1])])
    return facing


def _filled(older: OlderMap, near: Indices) -> Floats:
    """Return the older positions, and of new rows the mean of their neighbours', or the middle of all."""
    found, known = older.positions.copy(), older.known.copy()
    middle = np.median(found[known], axis=0)
    for _ in range(3):
        new = np.flatnonzero(~known)
        weights = known[near[:, new]].astype(np.float32)
        placed = weights.any(axis=0)
        sums = np.einsum("kn,knd->nd", weights, np.nan_to_num(found[near[:, new]]))
        found[new[placed]] = sums[placed] / weights.sum(axis=0)[placed, None]
        known[new[placed]] = True
    found[~known] = middle
    return found


def _scaled(positions: Floats, pairs: Pairs) -> Floats:
    """Return them at the scale at which near and far pairs are best served."""
    near, far = (_squares(positions, partners) for partners in (pairs.near, pairs.far))
    losses = [_cost(near * scale**2, far * scale**2) for scale in _SCALES]
    scaled: Floats = positions * _SCALES[int(np.argmin(losses))]
    return scaled


def _loss(positions: Floats, pairs: Pairs) -> float:
    return _cost(_squares(positions, pairs.near), _squares(positions, pairs.far))


def _cost(near: Floats, far: Floats) -> float:
    """Return what the last rounds make smaller, of the squares of the lengths of near and of far pairs."""
    return float(((near + 1) / (_PULL_NEAR + near + 1)).sum() + (1 / (2 + far)).sum())


def _squares(positions: Floats, partners: Indices) -> Floats:
    squares: Floats = ((positions[None] - positions[partners]) ** 2).sum(axis=2)
    return squares


def _lay_out(start: Floats, pairs: Pairs, begin: int, pace: float) -> Floats:
    """Move the rows, from the round `begin` on, as their pairs pull and push (with Adam, Kingma & Ba 2015)."""
    places = np.ascontiguousarray(start[:, 0] + 1j * start[:, 1], np.complex64)
    momentum, speed = np.zeros_like(places), np.zeros((len(places), 2), np.float32)
    first, second = _DECAYS
    for number in range(begin, _ROUNDS):
        slope = _slope(places, pairs, number)
        momentum += (1 - first) * (slope - momentum)
        squared = slope.view(np.float32).reshape(-1, 2) ** 2
        speed += (1 - second) * (squared - speed)
        done = number - begin + 1
        rate = pace * np.sqrt(1 - second**done) / (1 - first**done)
        step = momentum.view(np.float32).reshape(-1, 2) / (np.sqrt(speed) + 1e-7)
        places -= np.float32(rate) * step.view(np.complex64).ravel()
    laid_out: Floats = places.view(np.float32).reshape(-1, 2).copy()
    return laid_out


def _slope(places: NDArray[np.complex64], pairs: Pairs, number: int) -> NDArray[np.complex64]:
    near, middle = _weights(number)
    slope = np.zeros_like(places)
    for partners in pairs.near:
        _pull(slope, places, partners, _PULL_NEAR, near)
    if middle:
        for partners in pairs.middle:
            _pull(slope, places, partners, _PULL_MIDDLE, middle)
    for partners, back in zip(pairs.far, pairs.far_back):
        apart = places - places[partners]
        force = apart * (-2 / (2 + _length(apart)) ** 2)
        slope += force
        slope -= force[back]
    return slope


def _pull(
    slope: NDArray[np.complex64], places: NDArray[np.complex64], partners: Indices, reach: float, weight: float
) -> None:
    apart = places - places[partners]
    force = apart * (np.float32(2 * reach * weight) / (np.float32(reach + 1) + _length(apart)) ** 2)
    slope += force
    slope.real -= np.bincount(partners, force.real, len(slope))
    slope.imag -= np.bincount(partners, force.imag, len(slope))


def _length(apart: NDArray[np.complex64]) -> Floats:
    """Return the squares of the lengths."""
    squares: Floats = apart.real**2 + apart.imag**2
    return squares


def _weights(number: int) -> tuple[float, float]:
    """Return how near pairs and those half way off weigh in a round: first the whole, then the parts."""
    if number < 100:
        return 2.0, 1000 + (3 - 1000) * number / 100
    return (3.0, 3.0) if number < _MIDDLE_UNTIL else (1.0, 0.0)
