"""Numbers in a row, drawn as one: a draw for each would take longer than what they are for."""

from array import array

from hypothesis import strategies as st


def numbers(least, most):
    """So many numbers from 0 to 65,535."""
    return st.binary(min_size=2 * least, max_size=2 * most).map(
        lambda raw: array("H", raw[len(raw) % 2 :])
    )
