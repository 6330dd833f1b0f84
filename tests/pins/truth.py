"""What the counters and the topics of pins have to say."""

from apps.pins.counting import ALL, LISTED, SAVES
from apps.pins.models import Pin, PinTopic
from apps.pins.selectors import pins_of_board, pins_of_person, saves_of_pin
from apps.topics.matching import Texts
from apps.topics.selectors import matcher
from pinboard.counters.counts import totals


def assert_counts_are_true():
    """Every counter says what the lists say."""
    boards = list(Pin.objects.values_list("board_id", flat=True).distinct())
    people = list(Pin.objects.values_list("owner_id", flat=True).distinct())
    lines = list(Pin.objects.exclude(root_id=None).values_list("root_id", flat=True).distinct())
    assert totals(ALL, boards).get() == [Pin.objects.filter(board_id=one).count() for one in boards]
    assert totals(ALL, people).get() == [Pin.objects.filter(owner_id=one).count() for one in people]
    assert totals(LISTED, boards).get() == pins_of_board(None, filters={}).counts(boards).get()
    assert totals(LISTED, people).get() == pins_of_person(None, filters={}).counts(people).get()
    assert totals(SAVES, lines).get() == saves_of_pin(None).counts(lines).get()


def assert_topics_are_true():
    """Every pin has the topics that its words have."""
    names = ("title", "description", "alt_text", "board__name", "board__description")
    found = PinTopic.objects.values_list("pin_id", "topic_id", "score", "is_implied")
    assert set(found) == {
        (pin, *tag)
        for pin, *texts in Pin.objects.values_list("pk", *names)
        for tag in matcher().tags(Texts(*texts))
    }
