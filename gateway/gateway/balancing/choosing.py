"""Which of several instances is next."""

import math
from collections.abc import Sequence
from typing import Final

from gateway.balancing.instances import Instance

MAX_ROUNDS: Final = 4
"""So many rounds of turns that an instance missed, for its load, are made up for; more would flood a slow one."""


def next_of(instances: Sequence[Instance]) -> Instance:
    """Return the one whose turn it is among those with the least load, by their weights; there is at least one.

    Least load means: no more load per weight now than any other would have with one more request. Among equal weights
    these are the instances with the fewest requests; with a canary at 9:1 the plain minimum of load per weight would
    give it every second request as soon as two are under way at a time. The turns are those of smooth weighted
    round robin, as nginx has it: everyone gains its weight as credit, whoever has most is next and pays for all.
    """
    bound, total = math.inf, 0
    for instance in instances:
        total += instance.weight
        with_one_more = (instance.load + 1) / instance.weight
        if with_one_more < bound:
            bound = with_one_more
    chosen, most, limit = None, -math.inf, MAX_ROUNDS * total
    for instance in instances:
        credit = instance.credit = min(instance.credit + instance.weight, limit)
        if credit > most and instance.load / instance.weight < bound:
            chosen, most = instance, credit
    assert chosen
    chosen.credit = max(chosen.credit - total, -limit)
    return chosen
