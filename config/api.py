"""The API's endpoint: the schema, and who asks."""

from apps.users.authentication import authenticate
from config.schema import schema
from pinboard.graphql.endpoint import Endpoint
from pinboard.graphql.engine.documents import Documents
from pinboard.graphql.http import HttpEndpoint

endpoint = HttpEndpoint(Endpoint(Documents(schema.graphql_schema)), authenticate)
