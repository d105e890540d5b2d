"""Which objects of a source a run reads, and what it says about the others."""

from __future__ import annotations

import boto3
import pytest

from ownvoice.config.source_rules import SourceRules
from ownvoice.storage.stores import ObjectStore
from stand_ins.listing_nights import Nights
from stand_ins.s3_server import make_bucket


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "articles").mkdir()
    return tmp_path / "articles"


@pytest.fixture
def night(lake, folder):
    return Nights(lake, ObjectStore(folder.as_uri()))


def write(folder, key, text="An article."):
    (folder / key).parent.mkdir(parents=True, exist_ok=True)
    (folder / key).write_text(text)


def test_what_is_not_read_is_counted_by_its_form_or_by_the_name_that_hides_it(night, folder):
    for key in ("a.md", "b.rst", "c.rst", "d.xml", "README", ".trash/e.md", "node_modules/f/g.md", "node_modules/h.js"):
        write(folder, key, key)
    assert night() == {"appeared": 1}
    assert night.listing.passed_over == {".rst": 2, "node_modules": 2, ".xml": 1, "of other names": 1, ".*": 1}


def test_a_sidecar_is_no_form_that_nobody_reads(night, folder):
    write(folder, "a.md")
    write(folder, "a.yaml", "title: T")
    write(folder, "b.yaml", "title: nobody's")
    night()
    assert night.listing.passed_over == {".yaml": 1}


def test_what_is_passed_over_from_now_on_leaves_the_dataset_and_a_setting_brings_it_back(night, folder):
    write(folder, "a.md", "One.")
    write(folder, "vendor/b.md", "Two.")
    assert night(source=SourceRules(pass_over=())) == {"appeared": 2}
    assert night() == {"unchanged": 1, "vanished": 1}
    assert night(source=SourceRules(pass_over=())) == {"appeared": 1, "unchanged": 1}


def test_a_source_of_which_all_is_passed_over_retires_nothing_and_says_so(night, folder):
    write(folder, "a.md")
    night()
    (folder / "a.md").rename(folder / ".a.md")
    with pytest.raises(Exception, match=r"lists no article, .* What is there was passed over: 1 \.\*\. Check"):
        night()


def test_articles_behind_a_folder_or_link_that_cannot_be_followed_are_not_gone(night, folder):
    write(folder, "posts/a.md", "One.")
    write(folder, "posts/deep/b.md", "Two.")
    write(folder, "c.md", "Three.")
    assert night() == {"appeared": 3}
    (folder / "posts").rename(folder.parent / "elsewhere")
    (folder / "posts").symlink_to("nowhere")
    assert night() == {"unchanged": 1, "quarantined": 1}
    assert night.reasons == {"posts": "unreadable"}
    (folder / "posts").unlink()
    assert night() == {"unchanged": 1, "vanished": 2}


def test_a_broken_link_is_named_unless_it_is_hidden_and_a_wrong_name_of_no_article_is_counted(night, folder):
    write(folder, "a.md")
    (folder / ".#a.md").symlink_to("ada@host.4711")
    (folder / "b.md").symlink_to("nowhere")
    (folder / "caf\udce9.png").write_text("")
    (folder / "caf\udce9.md").write_text("")
    assert night() == {"appeared": 1, "quarantined": 2}
    assert night.reasons == {"b.md": "unreadable", "caf\\xe9.md": "unreadable"}
    assert night.listing.passed_over == {".*": 1, ".png": 1}


def test_odd_names_are_articles_like_others(night, folder):
    for name in ("a\nb.md", "a\tb.md", "a\x7fb.md", "\x1b[31m.md", "'; DROP TABLE.md", "a#1.md"):
        write(folder, name, f"The article {name!r}.")
    assert night() == {"appeared": 6}
    assert night() == {"unchanged": 6}
    (folder / "a\nb.md").unlink()
    assert night() == {"unchanged": 5, "vanished": 1}


def test_odd_keys_of_a_bucket_are_articles_like_others(lake, s3_access):
    uri = make_bucket(s3_access, "odd-keys")
    session = boto3.Session(s3_access.access_key_id, s3_access.secret_access_key, region_name=s3_access.region)
    client = session.client("s3", endpoint_url=s3_access.endpoint_url)
    keys = ("a.md", "/a.md", "posts//a.md", "posts/../a.md", "./a.md", "a\tb.md", "a\x7fb.md")
    for key, text in zip(keys, ("One.", "Two.", "Three.", "Four.", "Five.", "Six.", "Seven."), strict=True):
        client.put_object(Bucket="odd-keys", Key=key, Body=text.encode())
    client.put_object(Bucket="odd-keys", Key="old.md", Body=b"Old.", StorageClass="GLACIER")
    night = Nights(lake, ObjectStore(uri, s3_access))
    assert night() == {"appeared": 7, "quarantined": 1}
    (archived,) = night.listing.quarantined
    assert (archived.source_key, archived.reason) == ("old.md", "unreadable")
    assert "archived" in archived.detail
    assert "access denied" not in archived.detail
    assert night() == {"unchanged": 7, "quarantined": 1}


def test_an_article_whose_sidecar_may_not_be_followed_is_left_out_since_it_may_refuse(night, folder):
    write(folder, "a.md")
    (folder / "a.yaml").symlink_to("nowhere")
    write(folder, "b.md", "Two.")
    assert night() == {"appeared": 1, "quarantined": 1}
    (fault,) = night.listing.quarantined
    assert fault.source_key == "a.md"
    assert fault.detail.startswith("its sidecar a.yaml: the link leads nowhere")
