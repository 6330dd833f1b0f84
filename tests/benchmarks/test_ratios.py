"""What the pages' figures must be to each other."""

from benchmarks.ratios import verdicts


def page(rates, *, cpu=1.0):
    return {
        name: {"requests_a_second": rate, "cpu_ms_a_request": cpu} for name, rate in rates.items()
    }


FEED = {
    "limit": 1_000,
    "pinboard, persisted document": 600,
    "pinboard, document text": 499,
    "graphene-django": 50,
    "PostGraphile 5": 241,
}
PAGES = {
    "feed_25": page(FEED),
    "feed_100": page(FEED, cpu=3.1),
    "three_levels": page({"limit": 2_000, "pinboard, persisted document": 1_200}),
}


def test_each_figure_is_judged_by_what_it_must_be():
    assert [(one.what, one.holds) for one in verdicts(PAGES)] == [
        ("persisted document, of the limit", True),
        ("document text, of the limit", False),
        ("as fast as graphene-django, times", True),
        ("as fast as PostGraphile 5, times", False),
        ("CPU for 100 pins, of that for 25", False),
        ("three levels, of the limit", True),
    ]
