"""What exactly does the caller say? A telling with its place filled in, now and then with a sentence of his own around it."""

from __future__ import annotations

from random import Random

from .places import Place
from .problems import GREETINGS, Problem, words

CHATTY = ("help", "complaint", "report")
OPENS, CLOSES = 0.34, 0.36


def tell(problem: Problem, number: int, place: Place, channel: str, rng: Random) -> str:
    """The words of one caller."""
    text = problem.tellings[number].replace("{place}", spoken(place, problem.language))
    if problem.language != "zh-hans" or problem.use or problem.event or problem.urgency != "normal":
        return text
    if problem.type not in CHATTY:
        return text
    kind = "web" if channel == "web" else "call"
    opening = _sentence("openings", kind, rng) if rng.random() < OPENS and not text.startswith(GREETINGS) else ""
    closing = _sentence("closings", kind, rng) if rng.random() < CLOSES and not opening else ""
    return opening + text + closing


def spoken(place: Place, language: str) -> str:
    return place.spoken if language == "zh-hans" else place.spoken_en


def _sentence(name: str, kind: str, rng: Random) -> str:
    return rng.choice(words()[name] + words()[f"{name}_{kind}"])
