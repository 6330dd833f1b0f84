"""Writes: the taxonomy. Staff correct single topics; editions bring all of them along."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db import transaction

from apps.topics.matching import tokens
from apps.topics.models import Taxonomy, Topic
from apps.topics.taxonomy import Entry, read
from pinboard.audit.models import record
from pinboard.errors import Invalid, NotFound, Problem, Reason, validate


class Loaded(NamedTuple):
    """How many topics an edition brought, changed, and took out of use."""

    added: int
    changed: int
    retired: int


@transaction.atomic
def load_edition() -> Loaded:
    """Bring the topics in line with the edition that comes with this code. Twice is once.

    What staff corrected stays. Topics that the edition no longer has are switched off.
    """
    _hold()
    return bring_in_line(Topic, Taxonomy, read())


@transaction.atomic
def correct_topic(*, actor_id: int, topic_id: int, reason: str, **changes: Any) -> None:
    """Change a topic, for staff. `changes`: name, words. What is pinned already keeps its topics
    until `retag_pins` runs."""
    topic = _held(topic_id)
    if "words" in changes:
        changes["words"] = _tidy(changes["words"])
    if "name" in changes:
        changes["name"] = changes["name"].strip()
    for name, value in changes.items():
        setattr(topic, name, value)
    validate(topic, changes)
    record(actor_id=actor_id, action="topics.correct", subject_id=topic_id, reason=reason)
    _save(topic, changes)


@transaction.atomic
def switch_off_topic(*, actor_id: int, topic_id: int, reason: str) -> None:
    """Take a topic out of use, and those below it. For staff; doing it twice is once."""
    topic = _held(topic_id)
    if not topic.is_active:
        return
    record(actor_id=actor_id, action="topics.switch_off", subject_id=topic_id, reason=reason)
    for one in _with_those_below(topic):
        one.is_active = False
        _save(one, ["is_active"])


@transaction.atomic
def switch_on_topic(*, actor_id: int, topic_id: int, reason: str) -> None:
    """Take a topic into use again, alone. For staff; doing it twice is once."""
    topic = _held(topic_id)
    if topic.is_active:
        return
    if topic.parent is not None and not topic.parent.is_active:
        raise Invalid.at("topic_id", f"Switch {topic.parent.name} on first, which it is a part of.")
    record(actor_id=actor_id, action="topics.switch_on", subject_id=topic_id, reason=reason)
    topic.is_active = True
    _save(topic, ["is_active"])


def bring_in_line(
    topics: type[Topic], taxonomy: type[Taxonomy], entries: Sequence[Entry]
) -> Loaded:
    """Make the rows what an edition says. Migrations pass the models as they were then."""
    rows = {topic.slug: topic for topic in topics.objects.all()}
    added = changed = 0
    for entry in entries:
        parent = rows[entry.parent] if entry.parent is not None else None
        wanted: dict[str, Any] = {
            "parent_id": parent and parent.pk,
            "level": entry.level,
            "position": entry.position,
            "name": entry.name,
            "words": list(entry.words),
            "is_active": parent is None or parent.is_active,
        }
        row = rows.get(entry.slug)
        if row is None:
            rows[entry.slug] = topics.objects.create(slug=entry.slug, **wanted)
            added += 1
        else:
            changed += _change(row, wanted)
    gone = set(rows) - {entry.slug for entry in entries}
    retired = sum(_change(rows[slug], {"is_active": False}) for slug in gone)
    loaded = Loaded(added, changed, retired)
    if any(loaded):
        taxonomy.objects.update_or_create(pk=1, defaults={"stamp": uuid.uuid4()})
    return loaded


def _change(topic: Topic, wanted: dict[str, Any]) -> bool:
    """Write what is to change and is not staff's; whether anything was."""
    changes = {
        name: value
        for name, value in wanted.items()
        if name not in topic.corrected and getattr(topic, name) != value
    }
    for name, value in changes.items():
        setattr(topic, name, value)
    if changes:
        topic.save(update_fields=list(changes))
    return bool(changes)


def _save(topic: Topic, changes: Iterable[str]) -> None:
    """Write columns that staff changed, which are theirs from now on."""
    topic.corrected = sorted({*topic.corrected, *changes})
    topic.save(update_fields=[*changes, "corrected"])
    Taxonomy.objects.filter(pk=1).update(stamp=uuid.uuid4())


def _tidy(words: Sequence[str]) -> list[str]:
    """Words as they are kept: trimmed, each once. `Invalid` for one that has no word in it."""
    tidy = list(dict.fromkeys(" ".join(word.split()) for word in words))
    if empty := [word for word in tidy if not tokens(word)]:
        problem = f"“{empty[0]}” has no letter or digit. Remove it."
        raise Invalid([Problem(("words",), problem, Reason.INVALID)])
    return tidy


def _with_those_below(topic: Topic) -> list[Topic]:
    below = [one for child in topic.children.all() for one in _with_those_below(child)]
    return [topic, *below]


def _held(topic_id: int) -> Topic:
    """A topic, which nobody else changes until the transaction ends."""
    _hold()
    topic = Topic.objects.select_related("parent").filter(pk=topic_id).first()
    if topic is None:
        raise NotFound("There is no such topic.")
    return topic


def _hold() -> None:
    """One writer at a time changes the taxonomy."""
    Taxonomy.objects.select_for_update().get_or_create(pk=1)
