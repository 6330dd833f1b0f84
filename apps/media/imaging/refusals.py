"""Why a file can't be a picture of ours."""

from enum import StrEnum

MAX_BYTES = 32 * 1024 * 1024
MIN_SIDE = 50
MAX_PIXELS = 100_000_000
# A strip that is longer than this has nothing to show at any of our sizes.
MAX_RATIO = 200


class RefusalReason(StrEnum):
    """The kinds of refusal. Each has a sentence for the person who sent the file."""

    TOO_LARGE = "TOO_LARGE"
    TOO_SMALL = "TOO_SMALL"
    TOO_MANY_PIXELS = "TOO_MANY_PIXELS"
    TOO_NARROW = "TOO_NARROW"
    UNSUPPORTED_TYPE = "UNSUPPORTED_TYPE"
    BROKEN = "BROKEN"

    @property
    def sentence(self) -> str:
        """What is wrong, and what to do about it."""
        return _SENTENCES[self]


_SENTENCES = {
    RefusalReason.TOO_LARGE: (
        f"The file is larger than {MAX_BYTES // 2**20} MB. Send a smaller one."
    ),
    RefusalReason.TOO_SMALL: (
        f"The picture is too small. Send one of at least {MIN_SIDE} pixels on each side."
    ),
    RefusalReason.TOO_MANY_PIXELS: (
        f"The picture has more than {MAX_PIXELS // 1_000_000} megapixels, all frames counted. "
        "Send a smaller one."
    ),
    RefusalReason.TOO_NARROW: (
        f"One side of the picture is more than {MAX_RATIO} times the other. "
        "Crop it and send it again."
    ),
    RefusalReason.UNSUPPORTED_TYPE: "Send a JPEG, PNG, WebP, GIF or AVIF picture.",
    RefusalReason.BROKEN: (
        "The file is damaged or not complete. Send it again, or save it anew first."
    ),
}


class PictureRefused(Exception):
    """The file can't be used, and trying again will not help."""

    def __init__(self, reason: RefusalReason) -> None:
        self.reason = reason
        super().__init__(reason.sentence)
