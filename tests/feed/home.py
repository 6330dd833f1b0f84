"""Reading the home feed in tests, and what makes a pin leave it."""

from apps.boards.services import update_board
from apps.feed.services import hide_pin
from apps.follows.services import follow_person
from apps.pins.services import delete_pins
from apps.users.services import block_person, mute_person, suspend_person
from tests.factories.boards import BoardFactory
from tests.factories.pins import make_save

HOME = """
query($first: Int, $after: String, $last: Int, $before: String) {
  viewer {
    homeFeed(first: $first, after: $after, last: $last, before: $before) {
      newCount
      edges {
        node { id author { id } }
        reason { kind person { id } board { id } topic { id } }
        savedBy { id }
      }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
}
"""


def ids(page):
    return [int(edge["node"]["id"]) for edge in page["edges"]]


def followed_board(ada, **fields):
    board = BoardFactory(**fields)
    follow_person(follower_id=ada.pk, person_id=board.owner_id)
    return board


def hide(ada, pin):
    hide_pin(person_id=ada.pk, pin_id=pin.pk)


def save(ada, pin):
    make_save(pin, BoardFactory(owner=ada))


def block(ada, pin):
    block_person(blocker_id=pin.owner_id, blocked_id=ada.pk)


def mute(ada, pin):
    mute_person(muter_id=ada.pk, muted_id=pin.owner_id)


def suspend(ada, pin):
    suspend_person(actor_id=ada.pk, user_id=pin.owner_id, reason="a test")


def make_secret(ada, pin):
    update_board(actor_id=pin.owner_id, board_id=pin.board_id, is_secret=True)


def delete(ada, pin):
    delete_pins(actor_id=pin.owner_id, pin_ids=[pin.pk])


def walk(read, size):
    """All pages to the end, and what each says of what lies before and after it."""
    found, flags, cursor = [], [], None
    while cursor is not False:
        page = read(first=size, after=cursor)
        found.append(ids(page))
        info = page["pageInfo"]
        flags.append((info["hasPreviousPage"], info["hasNextPage"]))
        cursor = info["endCursor"] if info["hasNextPage"] else False
    return found, flags
