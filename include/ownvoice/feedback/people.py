"""People behind salted ids, their consent, and those who want nothing of theirs used.

feedback/salt                       32 random bytes of this lake, which no report, card or export shows
feedback/withdrawn/<person>.json    a person who withdrew, and when

Whoever may read the lake and has a name can tell whether that name spoke; nobody can read names from ids.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Callable

from ownvoice.articles.passed_over import pattern_that_matches
from ownvoice.config.feedback_rules import FeedbackRules
from ownvoice.errors import StorageError
from ownvoice.feedback.event import Event
from ownvoice.storage.feedback_keys import FEEDBACK_SALT, WITHDRAWN, withdrawn_key
from ownvoice.storage.lake import Lake

_SALT_BYTES = 32


def salter(lake: Lake) -> Callable[[str], str]:
    """Return what makes ids of names, by the salt of a lake."""
    lake.store.create(FEEDBACK_SALT, secrets.token_bytes(_SALT_BYTES))
    salt = lake.store.read(FEEDBACK_SALT)
    if not salt or len(salt) != _SALT_BYTES:
        raise StorageError(f"{lake.uri}/{FEEDBACK_SALT} is damaged: put it back from a backup of the lake.")
    return lambda name: hmac.new(salt, name.encode(), hashlib.sha256).hexdigest()[:32]


def consents(rules: FeedbackRules, salt: Callable[[str], str]) -> Callable[[Event], bool]:
    """Return what says whether a person agreed: by the record itself, or else by the settings."""
    people = {salt(name) for name in rules.consented_people}

    def agreed(event: Event) -> bool:
        if event.consent is not None:
            return event.consent
        return event.person in people or _matches(event.source_file, rules.consented_objects)

    return agreed


def _matches(key: str, patterns: tuple[str, ...]) -> bool:
    """Whether one of `patterns` matches a whole key; a slash is a letter like any other."""
    return pattern_that_matches(key.replace("/", "\0"), tuple(one.replace("/", "\0") for one in patterns)) is not None


def withdrawn_people(lake: Lake) -> frozenset[str]:
    """Return the salted ids of those who withdrew."""
    return frozenset(one.key.rpartition("/")[2].removesuffix(".json") for one in lake.store.objects(WITHDRAWN))


def mark_withdrawn(lake: Lake, person: str) -> None:
    """Note that a person withdrew, by the salted id."""
    told = f'{{"at": "{dt.datetime.now(dt.UTC).isoformat()}"}}'
    lake.store.create(withdrawn_key(person), told.encode())
