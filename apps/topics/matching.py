"""From words to topics: what a pin is about, by its own texts and its board's.

Pure functions over a compiled taxonomy. Texts and terms are cut into words that are alike whatever
their capitals, accents and simple plurals. Terms are looked for from left to right, the longest
first, so a phrase takes the words that it is made of. A term counts once in each text.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

MAX_TOPICS = 5


class Texts(NamedTuple):
    """The texts that say what a pin is about."""

    title: str = ""
    description: str = ""
    alt_text: str = ""
    board_name: str = ""
    board_description: str = ""


# What a word counts in each of these texts; a phrase counts that for each of its words.
WEIGHTS = (4, 1, 3, 3, 1)


class Spoken(NamedTuple):
    """A topic and what speaks for it. `parent`: the id of the one above, None at the top."""

    id: int
    parent: int | None
    words: Sequence[str]


class Tag(NamedTuple):
    """That something is about a topic. `score`: the sum of what its words count, from 1 on.
    `is_implied`: only because a topic below it is matched, of which it has the highest score."""

    topic: int
    score: int
    is_implied: bool


Term = tuple[str, ...]

_WORD = re.compile(r"[^\W_]+")
# Where a plural may have gained an e, the singular loses its own: shoes, potatoes, quiches, beaches.
_WITH_ES = ("oe", "che", "she", "xe", "sse", "zze")
_POSSESSIVE = re.compile(r"['’]s?\b")


def tokens(text: str) -> list[str]:
    """The words of a text, in the form in which they are compared."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(one for one in decomposed if not unicodedata.combining(one))
    return [singular(word) for word in _WORD.findall(_POSSESSIVE.sub("", text.casefold()))]


@lru_cache(maxsize=20_000)
def singular(word: str) -> str:
    """One form for a word's singular and its simple plural; not always a word of the language."""
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    if len(word) > 3 and word.endswith(_WITH_ES):
        word = word[:-1]
    return f"{word[:-2]}y" if len(word) > 2 and word.endswith("ie") else word


class Matcher:
    """The taxonomy, compiled."""

    def __init__(self, topics: Iterable[Spoken]) -> None:
        parents: dict[int, int | None] = {}
        spoken_for: dict[Term, set[int]] = defaultdict(set)
        for topic in topics:
            parents[topic.id] = topic.parent
            for term in map(tuple, map(tokens, topic.words)):
                if term:
                    spoken_for[term].add(topic.id)
        self._above = {topic: _above(topic, parents) for topic in parents}
        # By a term's first word, the longest terms first.
        self._terms: dict[str, list[tuple[Term, set[int]]]] = defaultdict(list)
        for term in sorted(spoken_for, key=len, reverse=True):
            self._terms[term[0]].append((term, spoken_for[term]))

    def tags(self, texts: Texts) -> list[Tag]:
        """What the texts are about: up to five topics, the best first, then those above them.

        Of topics that score alike the lower in the tree comes first.
        """
        scores: dict[int, int] = defaultdict(int)
        for text, weight in zip(texts, WEIGHTS, strict=True):
            for term, topics in self._found(tokens(text)).items():
                for topic in topics:
                    scores[topic] += weight * len(term)
        ranked = sorted(scores, key=lambda one: (-scores[one], -len(self._above[one]), one))
        own = [Tag(topic, scores[topic], False) for topic in ranked[:MAX_TOPICS]]
        return [*own, *self._implied(own)]

    def _found(self, words: list[str]) -> dict[Term, set[int]]:
        found: dict[Term, set[int]] = {}
        at = 0
        while at < len(words):
            step = 1
            for term, topics in self._terms.get(words[at], ()):
                if tuple(words[at : at + len(term)]) == term:
                    found[term] = topics
                    step = len(term)
                    break
            at += step
        return found

    def _implied(self, own: list[Tag]) -> list[Tag]:
        named = {tag.topic for tag in own}
        best: dict[int, int] = {}
        for tag in own:  # the best first, so the first score that a topic above gets stays
            for above in self._above[tag.topic]:
                if above not in named:
                    best.setdefault(above, tag.score)
        return [Tag(topic, score, True) for topic, score in best.items()]


def _above(topic: int, parents: Mapping[int, int | None]) -> list[int]:
    """The topics above one; those that are not compiled are passed over."""
    found = []
    above = parents.get(topic)
    while above is not None and above in parents:
        found.append(above)
        above = parents[above]
    return found
