"""Registers the receipts' table and GraphiQL's files with Django."""

from django.apps import AppConfig


class GraphQLConfig(AppConfig):
    name = "pinboard.graphql"
    label = "graphql"
