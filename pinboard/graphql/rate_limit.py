"""`rateLimit`: what the viewer may still spend."""

from typing import Any

import graphene

from pinboard.graphql.configured import configured


class RateLimit(graphene.ObjectType):
    """The points of the viewer, or of the address where nobody is logged in. A request costs as many
    points as it may lead to objects; what it did not lead to is given back. A mutation costs some by itself,
    and one for each value of a list in its input."""

    limit = graphene.Int(required=True, description="How many points can be saved up.")
    left = graphene.Int(
        required=True, description="How many are left, with the price of this request taken off."
    )
    refill = graphene.Int(required=True, description="How many come back each second.")
    cost = graphene.Int(required=True, description="What this request costs at most.")


class RateLimitQuery:
    """What requests cost."""

    rate_limit = graphene.Field(
        RateLimit, required=True, description="What may be spent, and what this request costs."
    )

    def resolve_rate_limit(root: Any, info: Any) -> RateLimit:
        spending = info.context.spending
        return RateLimit(
            limit=configured().rate_limit_points,
            left=spending.left,
            refill=configured().rate_limit_refill,
            cost=spending.requested,
        )
