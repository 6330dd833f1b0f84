"""From words to topics: examples, and a plain oracle."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.topics.matching import MAX_TOPICS, Matcher, Spoken, Tag, Texts, singular, tokens
from apps.topics.taxonomy import read

SLUGS = {entry.slug: number for number, entry in enumerate(read(), start=1)}
NAMES = {number: slug for slug, number in SLUGS.items()}
MATCHER = Matcher(Spoken(SLUGS[one.slug], SLUGS.get(one.parent), one.words) for one in read())


def own(**texts):
    """The slugs that texts match themselves, the best first."""
    return [NAMES[tag.topic] for tag in MATCHER.tags(Texts(**texts)) if not tag.is_implied]


@pytest.mark.parametrize(
    ("title", "slugs"),
    [
        ("Sourdough", ["bread"]),
        ("SOURDOUGH!", ["bread"]),
        ("Crêpes", ["pancakes"]),
        ("Crème brûlée", []),
        ("A small kitchen", ["small-kitchens"]),
        ("Small kitchens", ["small-kitchens"]),
        ("A kitchen, and small", ["kitchen"]),
        ("The kids' room", ["kids-rooms"]),
        ("Kid’s room", ["kids-rooms"]),
        ("Ice-cream", ["ice-cream"]),
        ("icecream", []),
        ("Breadth", []),
        ("", []),
        ("…", []),
        ("ﬁlm poster", ["film-and-tv"]),
    ],
)
def test_what_a_title_says(title, slugs):
    assert own(title=title) == slugs


@pytest.mark.parametrize(
    ("one", "many"),
    [
        *(("cookie", "cookies"), ("berry", "berries"), ("movie", "movies"), ("pie", "pies")),
        *(("shoe", "shoes"), ("potato", "potatoes"), ("toe", "toes"), ("dress", "dresses")),
        *(("quiche", "quiches"), ("beach", "beaches"), ("box", "boxes"), ("axe", "axes")),
        *(("house", "houses"), ("glaze", "glazes"), ("sky", "skies"), ("tie", "ties")),
    ],
)
def test_a_plural_is_as_its_singular(one, many):
    assert singular(one) == singular(many)


@pytest.mark.parametrize("word", ["bus", "cactus", "grass", "tennis", "gas", "us", "s"])
def test_what_only_ends_like_a_plural(word):
    assert singular(word) == word


def test_skies_are_not_for_skiing():
    assert singular("skies") != singular("ski")


def test_topics_above_are_implied_with_the_best_score():
    tags = MATCHER.tags(Texts(title="Focaccia", board_name="Cakes"))
    assert tags == [
        Tag(SLUGS["bread"], 4, False),
        Tag(SLUGS["cakes"], 3, False),
        Tag(SLUGS["baking"], 4, True),
        Tag(SLUGS["food"], 4, True),
    ]


def test_a_topic_that_is_matched_itself_is_not_implied_too():
    tags = MATCHER.tags(Texts(title="Baking", board_name="Bread"))
    assert [(NAMES[tag.topic], tag.is_implied) for tag in tags] == [
        ("baking", False),
        ("bread", False),
        ("food", True),
    ]


def test_of_equals_the_lower_in_the_tree_comes_first():
    assert own(title="Garden herbs") == ["herbs", "garden"]


def test_a_word_counts_once_in_each_text():
    once, often = Texts(title="Bread"), Texts(title="Bread bread bread breads")
    assert MATCHER.tags(once) == MATCHER.tags(often)
    assert MATCHER.tags(Texts(title="Bread", description="bread"))[0].score == 5


def test_no_more_than_five():
    title = "Bread, cats, dogs, yoga, origami, surfing and weddings"
    assert len(own(title=title)) == MAX_TOPICS


# --- the oracle --------------------------------------------------------------------------------------

WORDS = [
    "bread",
    "Breads",
    "small",
    "kitchen",
    "kitchens",
    "crème",
    "creme",
    "cookie",
    "and",
    "tea",
]
phrases = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
spoken = st.lists(st.lists(phrases, max_size=4), min_size=1, max_size=9)
# What is somebody's own has its examples above.
anything = st.text(st.characters(exclude_characters="'’＇"), max_size=3)
text = st.lists(st.one_of(st.sampled_from([*WORDS, "-", ".", "é"]), anything), max_size=12).map(
    " ".join
)


def plain_words(raw):
    """As `tokens`, a character at a time."""
    words, word = [], ""
    for character in unicodedata.normalize("NFKD", raw).casefold() + " ":
        if unicodedata.combining(character):
            continue
        if character.isalnum():
            word += character
        elif word:
            words.append(singular(word))
            word = ""
    return words


def plain_tags(topics, texts):
    """As `Matcher.tags`, trying every term at every place."""
    terms = [(plain_words(word), topic.id) for topic in topics for word in topic.words]
    scores = {}
    for raw, weight in zip(texts, (4, 1, 3, 3, 1), strict=True):
        left, seen = plain_words(raw), []
        while left:
            here = [term for term, _ in terms if left[: len(term)] == term]
            longest = max(here, key=len, default=left[:1])
            if here and longest not in seen:
                seen.append(longest)
                for topic in {of for term, of in terms if term == longest}:
                    scores[topic] = scores.get(topic, 0) + weight * len(longest)
            left = left[len(longest) :]
    parents = {topic.id: topic.parent for topic in topics}

    def above(topic):
        return [] if parents[topic] is None else [parents[topic], *above(parents[topic])]

    best = sorted(scores, key=lambda one: (-scores[one], -len(above(one)), one))[:5]
    implied = {up: max(scores[b] for b in best if up in above(b)) for b in best for up in above(b)}
    return {Tag(one, scores[one], False) for one in best} | {
        Tag(one, score, True) for one, score in implied.items() if one not in best
    }


@given(spoken, st.tuples(text, text, text, text, text))
def test_it_is_what_a_plain_search_finds(words, texts):
    topics = [
        Spoken(number, number // 2 if number > 1 else None, some)
        for number, some in enumerate(words, start=1)
    ]
    assert set(Matcher(topics).tags(Texts(*texts))) == plain_tags(topics, texts)


@given(st.text(max_size=60))
def test_words_are_made_of_letters_and_digits(raw):
    assert all(word and not any(one.isspace() for one in word) for word in tokens(raw))


def test_a_topic_whose_parent_is_out_of_use_stands_alone():
    matcher = Matcher([Spoken(2, 1, ["tea"])])
    assert matcher.tags(Texts(title="Tea")) == [Tag(2, 4, False)]
