"""How is a share shown honestly? With its denominator, its interval, and nothing where too few were asked."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .queries import Answers

FEWEST_IN_PUBLIC, FEWEST_FOR_PER_CENT = 5, 30
Z_95 = 1.959964


@dataclass(frozen=True)
class Share:
    """`per_cent`, `low`, `high` are empty below thirty: then only the people are named."""

    of: int
    said: int
    not_reached: int
    per_cent: str = ""
    low: int = 0
    high: int = 0


def shown(counted: Answers) -> Share | None:
    if counted.reached < FEWEST_IN_PUBLIC:
        return None
    if counted.reached < FEWEST_FOR_PER_CENT:
        return Share(counted.reached, counted.solved, counted.not_reached)
    low, high = wilson(counted.solved, counted.reached)
    per_cent = f"{100 * counted.solved / counted.reached:.1f}"
    return Share(counted.reached, counted.solved, counted.not_reached, per_cent, round(100 * low), round(100 * high))


def wilson(said: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson), as two fractions."""
    share, z2 = said / of, Z_95**2
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = Z_95 / (1 + z2 / of) * math.sqrt(share * (1 - share) / of + z2 / (4 * of**2))
    return max(middle - half, 0.0), min(middle + half, 1.0)
