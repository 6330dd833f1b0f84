"""The hub: one subscription to Valkey for all streams of a process, and who is to be woken.

While Valkey is away nobody is woken. When it is back, every topic is subscribed to anew, and the
confirmation wakes whoever listens: what was missed meanwhile is found by looking. The nodes of a cluster
pass messages on to each other, so any of them will do, and when it dies the next one.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import cycle

import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError

from pinboard.cache import addresses

log = structlog.get_logger(__name__)

# Subscribed to at all times, so that there is a connection to read from.
_ALWAYS = "live"
_RETRY_SECONDS = 1.0
# After so long a silence the connection is tried; after another it is taken for dead.
_SILENCE_SECONDS = 10.0


class Listener:
    """One stream's ear. However often a topic is heard before it is asked for, it counts once."""

    def __init__(self) -> None:
        self._heard: set[str] = set()
        self._woken = asyncio.Event()

    def wake(self, topic: str) -> None:
        """Have heard of a topic."""
        self._heard.add(topic)
        self._woken.set()

    async def heard(self, seconds: float) -> set[str]:
        """The topics heard since the last call, after waiting for one if there is none yet."""
        try:
            async with asyncio.timeout(max(seconds, 0)):
                await self._woken.wait()
        except TimeoutError:
            return set()
        self._woken.clear()
        heard, self._heard = self._heard, set()
        return heard


class Hub:
    """To be used in one event loop."""

    def __init__(self, url: str) -> None:
        # A connection that fails is `run`'s business alone.
        self._clients = cycle(
            Redis.from_url(node, retry=Retry(NoBackoff(), 0), socket_connect_timeout=2)
            for node in addresses.of_nodes(url)
        )
        self._listeners: defaultdict[str, set[Listener]] = defaultdict(set)
        self._confirmed: set[str] = set()
        self._changed: set[str] = set()
        self._work = asyncio.Event()

    @contextmanager
    def listening(self, topics: Iterable[str]) -> Iterator[Listener]:
        """An ear for these topics. Of each it hears at once when it can hear no sooner."""
        topics, listener = tuple(topics), Listener()
        for topic in topics:
            self._listeners[topic].add(listener)
            if topic in self._confirmed:
                listener.wake(topic)
        self._see_to(topics)
        try:
            yield listener
        finally:
            for topic in topics:
                self._listeners[topic].discard(listener)
                if not self._listeners[topic]:
                    del self._listeners[topic]
            self._see_to(topics)

    async def run(self) -> None:
        """Pass messages on, until cancelled."""
        while True:
            try:
                async with next(self._clients).pubsub() as pubsub:
                    await self._serve(pubsub)
            except* Exception as errors:
                # Whatever it was: streams that hear nothing for ever would be worse.
                log.warning("live.hub_failed", reason=type(errors.exceptions[0]).__name__)
            self._confirmed.clear()
            await asyncio.sleep(_RETRY_SECONDS)

    def _see_to(self, topics: Iterable[str]) -> None:
        self._changed.update(topics)
        self._work.set()

    async def _serve(self, pubsub: PubSub) -> None:
        """Keep one connection until it fails."""
        await pubsub.subscribe(_ALWAYS)
        self._see_to(self._listeners)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._read(pubsub))
            tasks.create_task(self._keep_subscribed(pubsub))

    async def _read(self, pubsub: PubSub) -> None:
        is_tried = False
        while True:
            message = await pubsub.get_message(timeout=_SILENCE_SECONDS)
            if message is None:
                if is_tried:
                    raise ConnectionError("no answer")
                await pubsub.ping()
            is_tried = message is None
            if message is not None and message["channel"] is not None:
                self._pass_on(message["type"], message["channel"].decode())

    def _pass_on(self, kind: str, topic: str) -> None:
        if kind == "unsubscribe":
            self._confirmed.discard(topic)
            return
        if kind == "subscribe":
            self._confirmed.add(topic)
        for listener in self._listeners.get(topic, ()):
            listener.wake(topic)

    async def _keep_subscribed(self, pubsub: PubSub) -> None:
        """Be subscribed to what somebody listens to, and to nothing else."""
        subscribed: set[str] = set()
        while True:
            await self._work.wait()
            self._work.clear()
            changed, self._changed = self._changed, set()
            new = {topic for topic in changed if topic in self._listeners} - subscribed
            old = (changed & subscribed) - self._listeners.keys()
            if new:
                await pubsub.subscribe(*new)
            if old:
                await pubsub.unsubscribe(*old)
            subscribed = (subscribed | new) - old
