"""What is known of candidates: one row of numbers for each, as Postgres packs them."""

from enum import IntFlag
from typing import Any

import numpy as np
from numpy.typing import NDArray

Facts = NDArray[Any]

# Columns of `selectors.facts`, in its order. Ids are 0 where there is none.
COLUMNS = (
    "id",
    "owner_id",
    "board_id",
    "line_id",
    "picture_id",
    "topic_id",  # a topic that the viewer follows and the pin is about
    "saves",  # of the pin's line
    "impressions",  # of the pin's line
    "author_saves",  # pins of the author that the viewer saved
    "author_opens",  # and opened
    "flags",
)
_PACKED = np.dtype([(name, ">i8") for name in COLUMNS])
_NATIVE = np.dtype([(name, "<i8") for name in COLUMNS])


class Flag(IntFlag):
    """What is true of a pin for a viewer."""

    VISIBLE = 1
    OWN = 2
    MUTED = 4
    HIDDEN = 8
    SAVED = 16
    FOLLOWED = 32  # by its board or its author
    BOARD_FOLLOWED = 64  # the board by itself
    FEWER = 128  # the viewer wants fewer of its author, its board or one of its topics


def unpack(packed: bytes | None) -> Facts:
    """The facts that a statement gave."""
    return np.frombuffer(packed or b"", _PACKED).astype(_NATIVE)


def has(facts: Facts, flag: Flag) -> NDArray[np.bool_]:
    """Of which candidates a flag, or any of several, is true."""
    found: NDArray[np.bool_] = facts["flags"] & int(flag) != 0
    return found
