"""The counters of the feed.

feed.impressions  of a line, which goes by its first pin: how many times people have seen it in
                  their feeds; somebody who sees it again counts once while it is among the newest
                  1,000 that they have seen
"""

IMPRESSIONS = "feed.impressions"
