"""The boundary around every article and object: whatever reading raises costs it alone; a full disk does not."""

from __future__ import annotations

import errno
import json
from dataclasses import replace

import pytest

from ownvoice.articles import source as reading
from ownvoice.articles.formats import json as json_reader
from ownvoice.articles.formats import parquet as parquet_reader
from ownvoice.articles.formats import text as text_reader
from ownvoice.errors import DiskError, StorageAccessError
from ownvoice.storage.stores import ObjectStore
from stand_ins.listing_nights import Nights
from stand_ins.source_objects import parquet

ERRORS = [
    *(
        KeyError("maybe"),
        AttributeError("'NoneType' object has no attribute 'groups'"),
        IndexError(),
        TypeError("unhashable"),
    ),
    *(UnicodeError("label empty or too long"), RecursionError("maximum recursion depth exceeded"), MemoryError()),
    *(OverflowError(), AssertionError(), LookupError(), TimeoutError(), ValueError("a\nb\x1b[31m" + "c" * 9999)),
]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "good.md").write_text("A good article.")
    return tmp_path / "articles"


@pytest.fixture
def night(lake, folder):
    return Nights(lake, ObjectStore(folder.as_uri()))


def raising(error, where, original):
    """Return `original`, which raises `error` where an argument mentions `where`."""

    def wrapped(*args, **kwargs):
        if any(where in repr(one) for one in args):
            raise error
        return original(*args, **kwargs)

    return wrapped


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize(
    ("key", "module", "function"),
    [
        ("bad.md", text_reader, "make_article"),
        ("bad.jsonl", json_reader, "make_article"),
        ("bad.md", reading, "read_sidecar"),
    ],
    ids=["a reader", "a line", "a sidecar"],
)
def test_any_error_names_object_and_class_and_costs_it_alone(night, folder, monkeypatch, error, key, module, function):
    (folder / key).write_text("Bad." if key.endswith(".md") else json.dumps({"content": "Bad."}))
    if function == "read_sidecar":
        (folder / "bad.json").write_text("{}")
    monkeypatch.setattr(module, function, raising(error, "bad", getattr(module, function)))
    assert night() == {"appeared": 1, "quarantined": 1}
    (fault,) = night.listing.quarantined
    assert fault.source_key.startswith(key)
    assert fault.reason == "reader_failed"
    assert fault.detail.startswith(type(error).__name__)
    assert "report this as a bug" in fault.detail
    assert "\n" not in fault.detail
    assert len(fault.detail) < 400


def test_one_line_of_many_costs_itself_alone(night, folder, monkeypatch):
    (folder / "many.jsonl").write_text("\n".join(json.dumps({"content": f"Text {n}."}) for n in range(9)))
    monkeypatch.setattr(json_reader, "make_article", raising(KeyError("x"), "#4", json_reader.make_article))
    assert night() == {"appeared": 9, "quarantined": 1}
    assert night.reasons == {"many.jsonl#4": "reader_failed"}


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.ENOENT])
def test_a_parquet_file_that_this_machine_cannot_copy_is_not_blamed(night, folder, monkeypatch, number):
    (folder / "rows.parquet").write_bytes(parquet({"content": ["One.", "Two."]}))

    def full(*_):
        raise OSError(number, "No space left on device")

    monkeypatch.setattr(parquet_reader.shutil, "copyfileobj", full)
    with pytest.raises(
        DiskError, match=r"rows\.parquet cannot be copied .*: no space left on device\. Free some space"
    ):
        night()
    monkeypatch.undo()
    assert night() == {"appeared": 3}


def test_a_lake_without_room_ends_the_night_and_blames_no_article(night, monkeypatch):
    def full(*_):
        raise DiskError("file:///lake (originals/ab): the disk is full")

    monkeypatch.setattr(night.lake, "keep_original", full)
    with pytest.raises(DiskError, match="the disk is full"):
        night()


def test_the_only_new_object_may_be_refused_without_ending_the_night(night, folder, monkeypatch):
    assert night() == {"appeared": 1}
    (folder / "new.md").write_text("New.")
    read_range = night.source.read_range

    def refusing(stored, *part):
        if stored.key == "new.md":
            raise StorageAccessError("new.md: access denied")
        return read_range(stored, *part)

    monkeypatch.setattr(night.source, "read_range", refusing)
    assert night() == {"unchanged": 1, "quarantined": 1}
    monkeypatch.setattr(night.source, "read_range", lambda stored, *_: refusing(replace(stored, key="new.md")))
    with pytest.raises(StorageAccessError):
        night()
