"""What a name may be."""

import pytest
from django.core.exceptions import ValidationError

from pinboard.names import valid_name


@pytest.mark.parametrize(
    "name",
    [
        "Ada",
        "7",
        "!",
        "❤",
        "Zoë",
        "Дом",
        "家",
        "دار",
        "בית",
        "👩‍👩‍👧",
        "a\u200bb",
        "می\u200cخواهم",
        "🇸🇪",
    ],
)
def test_names_of_all_scripts_are_names(name):
    valid_name(name)


@pytest.mark.parametrize(
    "name",
    [" ", "\u00a0", "\u200b", "\u200d\u200d", "\ufeff", "\u00ad", "\u3164", "\u2800", "\u0301"],
)
def test_what_cannot_be_seen_is_no_name(name):
    with pytest.raises(ValidationError, match="can be seen"):
        valid_name(name)


@pytest.mark.parametrize(
    "name", ["a\nb", "a\tb", "a\x07b", "a\u2028b", "a\u2029b", "\u202eabc", "\u202dabc"]
)
def test_what_changes_the_page_around_it_is_no_name(name):
    with pytest.raises(ValidationError, match="on one line"):
        valid_name(name)
