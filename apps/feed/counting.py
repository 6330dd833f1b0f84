"""The counters of the feed."""

# Of the first pin of a line: how many people have seen it in their feeds.
IMPRESSIONS = "feed.impressions"
