"""Variables for the documents: right ones, and wrong ones."""

from hypothesis import strategies as st

COLORS = st.sampled_from(["RED", "BLUE"])
INTS = st.integers(-5, 5)
RANGES = st.fixed_dictionaries(
    {"low": INTS}, optional={"high": INTS, "moments": st.lists(st.just("now"), max_size=2)}
)
FILTERS = st.recursive(
    st.fixed_dictionaries({}, optional={"low": st.none() | INTS, "range": st.none() | RANGES}),
    lambda inner: st.fixed_dictionaries(
        {}, optional={"inner": inner, "colors": st.lists(COLORS, max_size=3)}
    ),
    max_leaves=3,
)
RIGHT = st.fixed_dictionaries(
    {"yes": st.booleans()},
    optional={
        "no": st.booleans(),
        "n": st.none() | INTS,
        "m": INTS,
        "color": st.none() | COLORS,
        "filter": st.none() | FILTERS,
        # One that is no list is a list of one.
        "filters": st.none() | FILTERS | st.lists(FILTERS, max_size=3),
        "range": st.none() | RANGES,
        "moment": st.none() | st.just("now"),
    },
)

ODD = st.sampled_from(
    [None, True, 0, 2**31, -(2**63), 1.0, 1.5, 1e300, "", "1", "GREEN", "REDD", "never", [], {}]
)
NAMES = st.sampled_from(
    ["low", "lowe", "high", "moments", "colors", "inner", "range", "yes", "no", "n", "filter"]
)
JUNK = st.recursive(
    ODD,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(NAMES, below, max_size=3),
    max_leaves=6,
)


@st.composite
def wrong(draw):
    """Right ones of which some are something else, or missing, or nobody's."""
    found = dict(draw(RIGHT))
    names = [*found, "no", "m", "color", "filter", "filters", "range", "moment", "unknown"]
    for name in draw(st.lists(st.sampled_from(names), min_size=1, max_size=3)):
        found[name] = draw(JUNK)
    if draw(st.integers(0, 5)) == 0:
        del found["yes"]
    return found


VALUES = st.one_of(RIGHT, RIGHT, RIGHT, wrong())
