"""Who may see a pin."""

from apps.boards.visibility import BOARD
from pinboard.visibility import Guard

# Its owner sees a pin while its picture is made, or broken; others see finished ones.
PIN: Guard = BOARD.through(
    "board", owner="owner_id", open={"hidden_at__isnull": True, "picture__state": "READY"}
)

# Who sees a pin now, or will as soon as its picture is made.
PIN_SOON: Guard = BOARD.through(
    "board",
    owner="owner_id",
    open={"hidden_at__isnull": True, "picture__state__in": ["PROCESSING", "READY"]},
)
