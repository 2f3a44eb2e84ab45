"""By which doors do demands come in? One file per channel: `name`, `label`, `SAMPLE`, `read(payload) -> Demand`. The list is explicit."""

from __future__ import annotations

from . import assisted, batch, phone, web

# A payload is what the door brings; SAMPLE is one. `read` makes a Demand of any, or refuses it in words.
CHANNELS = (phone, web, assisted, batch)
BY_NAME = {channel.name: channel for channel in CHANNELS}


def label_of(name: str) -> str:
    """How a case's channel is shown: the label of one of ours, else as the incoming file wrote it."""
    return str(BY_NAME[name].label) if name in BY_NAME else name
