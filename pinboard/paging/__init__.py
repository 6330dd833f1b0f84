"""Keyset pages: the first step of every read, from parents to ids.

A `Listing` says which rows hang on a parent, and in which order. One statement gives a page for each
of many parents: a lateral join that stops at the page's end in the index, however many parents there
are and however long their lists. A page knows whether more lies before and after it by looking.

A list that is asked for `Below` the records of another comes along with them, by one lateral join more.
"""

from pinboard.paging.listing import Below, Listing
from pinboard.paging.pages import Page, Pager, Pages, Row, cut_page
from pinboard.paging.reading import brought
from pinboard.paging.windows import DEFAULT_SIZE, MAX_SIZE, Key, Order, Window

__all__ = [
    "DEFAULT_SIZE",
    "MAX_SIZE",
    "Below",
    "Key",
    "Listing",
    "Order",
    "Page",
    "Pager",
    "Pages",
    "Row",
    "Window",
    "brought",
    "cut_page",
]
