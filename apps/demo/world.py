"""The small demo world, made through the services, one use case after the other."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile

from apps.boards import services as boards
from apps.demo import words
from apps.follows import services as follows
from apps.media import services as media
from apps.pins import services as pins
from apps.topics.matching import Texts
from apps.topics.selectors import matcher
from apps.users import services as users
from pinboard.errors import NotFound

PASSWORD = "pinboard-demo"  # noqa: S105 - printed for everybody who runs the demo
PERSON, STAFF = "ada@pinboard.example", "staff@pinboard.example"

Progress = Callable[[Iterable[int], str], Iterable[int]]


@dataclass
class World:
    """What was made so far. `random` decides everything, so a seed gives the same world."""

    random: Random
    progress: Progress
    people: list[int] = field(default_factory=list)
    boards: list[tuple[int, int, str]] = field(default_factory=list)
    pins: list[int] = field(default_factory=list)

    def fill(self, people: int, pictures: list[bytes]) -> None:
        """Make it all: `people` with boards, the pictures as pins, follows and saves."""
        self.make_people(people)
        self.make_boards()
        self.make_follows()
        self.make_topic_follows()
        self.make_pins(pictures)
        self.make_saves()

    def make_people(self, count: int) -> None:
        """People with profiles; the first is the one to log in as."""
        for number in self.progress(range(count), "people"):
            name = words.NAMES[number % len(words.NAMES)]
            username = name.lower().replace(" ", "_") + (
                "" if number < len(words.NAMES) else f"_{number}"
            )
            person = users.create_person(
                email=PERSON if number == 0 else f"{username}@pinboard.example",
                username="ada" if number == 0 else username,
                password=PASSWORD if number == 0 else None,
                display_name=name,
            )
            users.update_profile(
                actor_id=person,
                about=self.random.choice(words.ABOUT),
                location=self.random.choice(words.PLACES),
            )
            self.people.append(person)

    def make_boards(self) -> None:
        """Two to five boards each, one in ten of them secret."""
        names = list(words.IDEAS)
        for index in self.progress(range(len(self.people)), "boards"):
            owner = self.people[index]
            for name in self.random.sample(names, self.random.randint(2, 5)):
                secret = self.random.random() < 0.1
                board = boards.create_board(owner_id=owner, name=name, is_secret=secret)
                self.boards.append((owner, board, name))

    def make_follows(self) -> None:
        """Everybody follows some people, the first ones more than others, and a board or two."""
        weights = [1 / (rank + 3) for rank in range(len(self.people))]
        for index in self.progress(range(len(self.people)), "follows"):
            follower = self.people[index]
            count = 25 if index == 0 else self.random.randint(3, 18)
            wanted = set(self.random.choices(self.people, weights, k=count)) - {follower}
            for person in sorted(wanted):
                follows.follow_person(follower_id=follower, person_id=person)

    def make_topic_follows(self) -> None:
        """Everybody follows a few topics that the demo's boards are about."""
        topics = self._topics()
        for index in self.progress(range(len(self.people)), "topics"):
            for topic in self.random.sample(topics, 3):
                follows.follow_topic(follower_id=self.people[index], topic_id=topic)

    def _topics(self) -> list[int]:
        taxonomy = matcher()
        names = [Texts(board_name=name) for name in words.IDEAS]
        return sorted({tag.topic for name in names for tag in taxonomy.tags(name)})

    def make_pins(self, pictures: list[bytes]) -> None:
        """Each picture becomes a pin, on boards of different people."""
        for number in self.progress(range(len(pictures)), "pins"):
            owner, board, name = self.random.choice(self.boards)
            content = SimpleUploadedFile(f"{number}.jpg", pictures[number])
            picture = media.upload_picture(owner_id=owner, file=content)
            title = self.random.choice(words.IDEAS[name])
            slug = title.lower().replace(" ", "-").replace(",", "")
            self.pins.append(
                pins.create_pin(
                    owner_id=owner,
                    board_id=board,
                    picture_id=picture,
                    title=title,
                    description=f"{title}, for {name.lower()}."
                    if self.random.random() < 0.5
                    else "",
                    alt_text=title,
                    link=self.random.choice(words.LINKS).format(slug),
                )
            )

    def make_saves(self) -> None:
        """Everybody saves a few pins; some pins are far more popular than others."""
        weights = [1 / (rank + 2) for rank in range(len(self.pins))]
        for _ in self.progress(range(len(self.people) * 6), "saves"):
            owner, board, _name = self.random.choice(self.boards)
            pin = self.random.choices(self.pins, weights)[0]
            try:
                pins.save_pin(owner_id=owner, board_id=board, pin_id=pin)
            except NotFound:
                continue  # it is on a secret board of somebody else's
