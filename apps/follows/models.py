"""Who follows whom, and which boards and topics."""

from django.db import models
from django.db.models.functions import Now


class PersonFollow(models.Model):
    """A person follows another: all of their public boards, those to come too."""

    follower = models.ForeignKey(
        "users.User", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    person = models.ForeignKey(
        "users.User", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["follower", "person"], name="person_follow_once"),
            models.CheckConstraint(
                condition=~models.Q(follower=models.F("person")), name="person_follow_not_self"
            ),
        ]
        indexes = [
            models.Index(fields=["person", "follower"], name="person_followers"),
            models.Index(fields=["person", "-id"], name="person_followers_newest"),
            models.Index(fields=["follower", "-id"], name="person_following_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.follower_id} follows {self.person_id}"


class BoardFollow(models.Model):
    """What a person chose for one board; it overrides what following its owner says."""

    follower = models.ForeignKey(
        "users.User", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    board = models.ForeignKey(
        "boards.Board", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    is_following = models.BooleanField(
        help_text="False: the board is left out although its owner is followed."
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["follower", "board"], name="board_follow_once")
        ]
        indexes = [
            models.Index(fields=["board", "is_following", "follower"], name="board_followers"),
            models.Index(fields=["follower", "-id"], name="board_following_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.follower_id} and {self.board_id}: {self.is_following}"


class TopicFollow(models.Model):
    """A person follows a topic."""

    follower = models.ForeignKey(
        "users.User", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    topic = models.ForeignKey("topics.Topic", on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["follower", "topic"], name="topic_follow_once")
        ]
        indexes = [models.Index(fields=["follower", "-id"], name="topic_following_newest")]

    def __str__(self) -> str:
        return f"{self.follower_id} follows topic {self.topic_id}"
