"""Names that people give: to themselves, and to what they make."""

from unicodedata import category

from django.core.exceptions import ValidationError

# Letters and symbols by their category of which nothing is seen: fillers of Hangul, Braille without dots.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")
# Control characters, ends of lines and of paragraphs.
_ENDS = frozenset({"Cc", "Zl", "Zp"})
# They have all that follows on a page run the other way. What is written so by itself needs neither.
_OVERRIDES = frozenset("\u202d\u202e")


def valid_name(name: str) -> None:
    """Refuse a name that can't be seen, or that makes something else of the page around it.

    A model's or a form's validator; an empty name is the field's own matter.
    """
    if not any(category(one)[0] in "LNPS" and one not in _BLANK for one in name):
        raise ValidationError("Nothing of this name can be seen. Write another one.", "invalid")
    if any(category(one) in _ENDS or one in _OVERRIDES for one in name):
        raise ValidationError("Write the name on one line, without control characters.", "invalid")
