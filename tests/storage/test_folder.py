"""A folder with names, links and rights as people's folders have them: all that can be listed is, the rest by name."""

from __future__ import annotations

import os
import socket

import pytest

from ownvoice.errors import StorageAccessError, StorageError
from ownvoice.storage.folder import Folder
from ownvoice.storage.listed import StoredObject, Unlisted
from ownvoice.storage.stores import ObjectStore

ODD_NAMES = [
    "a\nb.md",
    "a\tb.md",
    "a\x7fb.md",
    "\x01.md",
    " a .md",
    "a\\b.md",
    "%2e%2e.md",
    "é.md",
    "e\u0301.md",
    "...",
    "~",
]


@pytest.fixture
def root(tmp_path):
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "good.md").write_text("good")
    return tmp_path / "articles"


def listed(root, prefix=""):
    """Return keys and texts of what is read, and why the rest is not."""
    store = ObjectStore(root.as_uri())
    found = list(store.listing(prefix))
    objects = [one for one in found if isinstance(one, StoredObject)]
    texts = {one.key: store.read_range(one, 0, one.size).decode() for one in objects}
    assert len(texts) == len(objects), "a key was listed twice"
    return texts, {one.key: one.why for one in found if isinstance(one, Unlisted)}


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_name_that_the_file_system_takes_is_listed_and_read(root, name):
    (root / name).write_text("odd")
    (root / "deep").mkdir()
    (root / "deep" / name).write_text("odd too")
    assert listed(root) == ({"good.md": "good", name: "odd", f"deep/{name}": "odd too"}, {})
    assert listed(root, "deep") == ({f"deep/{name}": "odd too"}, {})


def test_a_name_that_is_no_utf8_is_spelt_out(root):
    (root / os.fsdecode(b"caf\xe9.md")).write_text("")
    (root / os.fsdecode(b"ann\xe9e")).mkdir()
    (root / os.fsdecode(b"ann\xe9e") / "a.md").write_text("")
    texts, why = listed(root)
    assert texts == {"good.md": "good"}
    assert set(why) == {"caf\\xe9.md", "ann\\xe9e"}
    assert "rename it" in why["caf\\xe9.md"]
    assert ObjectStore(root.as_uri()).folders() == []


def test_links_in_a_circle_add_nothing_and_end_nothing(root):
    (root / "a").mkdir()
    (root / "b").mkdir()
    (root / "a" / "1.md").write_text("1")
    for link, target in [("a/up", ".."), ("a/to-b", "../b"), ("b/to-a", "../a"), ("b/above", "../.."), ("root", "/")]:
        (root / link).symlink_to(target)
    assert listed(root) == ({"good.md": "good", "a/1.md": "1"}, {})
    assert listed(root, "a") == ({"a/1.md": "1"}, {})


def test_many_folders_that_all_lead_to_each_other_are_each_listed_once(root, tmp_path):
    outside = tmp_path / "outside"
    for number in range(12):
        (outside / str(number)).mkdir(parents=True)
        (outside / str(number) / "a.md").write_text(str(number))
    for number in range(12):
        for other in range(12):
            (outside / str(number) / f"to-{other}").symlink_to(outside / str(other))
    (root / "in").symlink_to(outside / "0")
    texts, why = listed(root)
    assert sorted(texts.values()) == sorted(["good", *map(str, range(12))])
    assert why == {}


def test_links_out_of_the_folder_are_followed(root, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.md").write_text("a")
    (root / "posts").symlink_to(tmp_path / "elsewhere")
    (root / "b.md").symlink_to(tmp_path / "elsewhere" / "a.md")
    assert listed(root) == ({"good.md": "good", "b.md": "a", "posts/a.md": "a"}, {})


def test_a_link_that_leads_nowhere_is_named(root):
    (root / "gone.md").symlink_to("nowhere.md")
    (root / "itself.md").symlink_to("itself.md")
    texts, why = listed(root)
    assert texts == {"good.md": "good"}
    assert set(why) == {"gone.md", "itself.md"}
    assert all("leads nowhere, or in a circle" in one for one in why.values())


def test_what_is_no_file_is_named_and_never_waited_for(root):
    os.mkfifo(root / "pipe.md")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(root / "socket.md"))
    texts, why = listed(root)
    assert texts == {"good.md": "good"}
    assert set(why) == {"pipe.md", "socket.md"}


def test_a_file_that_became_a_pipe_is_not_waited_for(root):
    store = ObjectStore(root.as_uri())
    (found,) = store.objects()
    (root / "good.md").unlink()
    os.mkfifo(root / "good.md")
    with pytest.raises(StorageError, match=r"good\.md"):
        store.read_range(found, 0, 4)


def refuses(path):
    """Return an error as the file system raises it; root, who runs tests in containers, is refused nothing."""
    return PermissionError(13, "Permission denied", path)


@pytest.fixture
def closed_folder(root, monkeypatch):
    (root / "closed").mkdir()
    (root / "closed" / "a.md").write_text("")
    scandir = os.scandir

    def refusing(path):
        if str(path).rstrip("/").endswith("/closed"):
            raise refuses(path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    return root


def test_a_folder_that_may_not_be_listed_is_named_and_the_others_are_listed(closed_folder):
    texts, why = listed(closed_folder)
    assert texts == {"good.md": "good"}
    assert why == {"closed": "the folder cannot be listed: permission denied. Check the owner and mode, or move it out"}


def test_a_caller_who_needs_all_of_it_is_told(closed_folder):
    with pytest.raises(StorageError, match="articles/closed: the folder cannot be listed"):
        list(ObjectStore(closed_folder.as_uri()).objects())


def test_where_the_folder_itself_is_closed_the_store_refuses(closed_folder):
    with pytest.raises(StorageAccessError, match="Check the owner and mode of the folder"):
        list(ObjectStore((closed_folder / "closed").as_uri()).listing())


@pytest.mark.parametrize("prefix", ["..", "../other", "a/../.."])
def test_no_prefix_leads_out_of_the_folder(root, prefix):
    with pytest.raises(StorageError, match="access denied"):
        list(ObjectStore(root.as_uri()).listing(prefix))


def test_a_folder_deeper_than_a_path_may_be_is_named(root):
    name = "d" * 200
    at = os.open(root, os.O_RDONLY)
    for _ in range(30):  # step by step, since no call takes a path as long as this
        os.mkdir(name, dir_fd=at)
        at, above = os.open(name, os.O_RDONLY, dir_fd=at), at
        os.close(above)
    os.close(at)
    texts, why = listed(root)
    assert texts == {"good.md": "good"}
    assert "file name too long" in next(iter(why.values()))


def test_a_prefix_that_is_not_there_lists_nothing(root):
    assert listed(root, "nowhere") == listed(root, "good.md") == ({}, {})


def test_what_goes_away_while_it_is_listed_is_not_there(root, monkeypatch):
    (root / "gone.md").write_text("soon gone")
    entries = Folder._entries

    def then_removed(folder, *arguments):
        found = entries(folder, *arguments)
        (root / "gone.md").unlink(missing_ok=True)
        return found

    monkeypatch.setattr(Folder, "_entries", then_removed)
    assert [one.key for one in ObjectStore(root.as_uri()).listing("")] == ["good.md"]


def test_what_a_client_is_writing_is_no_object_yet(root):
    (root / "answer.json#12").write_text("{")
    assert [one.key for one in ObjectStore(root.as_uri()).listing("")] == ["good.md"]


def test_files_that_nobody_finished_are_found_and_removed(root):
    (root / "deep").mkdir()
    (root / "deep" / "b.md#12345").write_text("half")
    store = ObjectStore(root.as_uri())
    (found,) = store.unfinished()
    assert (found.key, found.size) == ("deep/b.md#12345", 4)
    for _ in range(2):  # repeated, it changes nothing
        store.discard(found)
    assert [one.name for one in root.rglob("*.md*")] == ["good.md"]


def test_the_time_of_a_listing_is_that_of_the_last_writing(root):
    os.utime(root / "good.md", (1000, 2000))
    store = ObjectStore(root.as_uri())
    (found,) = store.objects()
    assert found.modified_s == store.stat("good.md").modified_s == 2000
