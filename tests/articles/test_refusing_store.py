"""A store that refuses to list or to read is named, and costs nobody else anything."""

from __future__ import annotations

import re

import pytest

from ownvoice.articles.article import Reason
from ownvoice.errors import StorageAccessError
from ownvoice.storage.stores import ObjectStore
from stand_ins.listing_nights import Nights
from stand_ins.s3_server import enforce_policies, make_bucket, running_s3_server
from stand_ins.source_objects import json_lines


class TestARefusingStore:
    """moto with its policies in force: what a user may not do is answered with 403."""

    @pytest.fixture
    def server(self, tmp_path):
        with running_s3_server(tmp_path / "requests.log") as access:
            self.uri = make_bucket(access, "articles")
            store = ObjectStore(self.uri, access)
            store.write("a.md", b"One.")
            store.write("b.jsonl", json_lines({"content": "Two."}).encode())
            yield access

    def refresh(self, lake, access):
        return Nights(lake, ObjectStore(self.uri, access))()

    @pytest.mark.parametrize(
        ("may", "what"), [("s3:GetObject", "listing"), ("s3:ListBucket", "a.md")], ids=["no listing", "no reading"]
    )
    def test_is_named_with_what_was_asked_and_what_to_do(self, lake, server, may, what):
        message = re.escape(
            f"s3://articles ({what}): access denied. Check the key or role of its connection, and that it"
        )
        with pytest.raises(StorageAccessError, match=message) as caught:
            self.refresh(lake, enforce_policies(server, may))
        assert not caught.value.retryable
        assert lake.read_json("cursor.json") is None

    def test_a_user_who_may_list_and_read_needs_no_more(self, lake, server):
        assert self.refresh(lake, enforce_policies(server, "s3:ListBucket", "s3:GetObject")) == {"appeared": 2}

    def test_one_refused_object_costs_nobody_else_anything(self, lake, server, monkeypatch):
        source = ObjectStore(self.uri, enforce_policies(server, "s3:ListBucket", "s3:GetObject"))
        read_range = source.read_range
        refused = ObjectStore(self.uri, server).read_range
        monkeypatch.setattr(
            source, "read_range", lambda one, *part: (refused if one.key == "a.md" else read_range)(one, *part)
        )
        night = Nights(lake, source)
        assert night() == {"appeared": 1, "quarantined": 1}
        assert night.reasons == {"a.md": Reason.UNREADABLE}
