"""GraphiQL: a page for people, in development, that asks no other host for anything."""

import re

import pytest
from django.test import Client


@pytest.mark.django_db
def test_there_is_no_page_unless_it_is_wanted(settings):
    settings.GRAPHIQL = False
    answer = Client().get("/graphql", headers={"Accept": "text/html"})
    assert b"<html" not in answer.content
    assert "errors" in answer.json()


@pytest.mark.django_db
def test_its_page_names_this_host_alone(settings):
    settings.GRAPHIQL = True
    answer = Client().get("/graphql", headers={"Accept": "text/html"})
    assert answer.status_code == 200
    sources = re.findall(r'(?:src|href)="([^"]*)"', answer.content.decode())
    assert len(sources) == 5
    assert all(re.match(r"/\w", source) for source in sources)
