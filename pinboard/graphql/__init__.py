"""The GraphQL layer: everything of the API that knows no word of the domain."""
