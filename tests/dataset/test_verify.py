import datetime as dt

import pytest

from ownvoice.dataset import verify as module
from ownvoice.dataset.refresh_dates import pairs_by_date
from ownvoice.dataset.verify import verify
from ownvoice.errors import StorageError
from ownvoice.storage.lake import scan
from stand_ins.night import Night
from stand_ins.stores import on_any_store


@pytest.fixture
def night(lake, tmp_path, offline_model):
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write("a", "b")
    night.run("one")
    return night


def pairs(night):
    return [row for batch in scan(night.lake.table("pairs")) for row in batch.to_pylist()]


def rewrite(night, pair_id, column, value):
    """Change one cell behind Ownvoice's back, as a careless hand or a broken disk would."""
    night.lake.table("pairs").update(predicate=f"pair_id = '{pair_id}'", new_values={column: value})


def verify_newest_rows(night, monkeypatch):
    """Verify the table as it stands: the record of the last commit, the rows of the newest Delta version."""
    newest = night.lake.table("pairs").version()
    monkeypatch.setattr("ownvoice.dataset.verify._rows", lambda lake, _: iter(pairs_at(lake, newest)))
    return verify(night.lake)


def pairs_at(lake, version):
    return [row for batch in scan(lake.table("pairs", version)) for row in batch.to_pylist()]


@on_any_store
def test_every_pair_of_a_committed_version_is_proved_from_the_lake_alone(night, tmp_path):
    for path in (tmp_path / "articles").iterdir():
        path.unlink()
    found = verify(night.lake)
    assert found.passed
    assert found.pairs == len(pairs(night)) > 5


def test_one_changed_character_fails_exactly_that_pair(night, monkeypatch):
    victim = pairs(night)[3]
    rewrite(night, victim["pair_id"], "chosen", "'" + victim["chosen"].replace("’", "''", 1).replace("I", "l", 1) + "'")
    found = verify_newest_rows(night, monkeypatch)
    assert set(found.failed) == {victim["pair_id"]}
    assert not found.digest_matches


def test_a_changed_prompt_breaks_the_digest(night, monkeypatch):
    rewrite(night, pairs(night)[0]["pair_id"], "prompt", "'Another question?'")
    found = verify_newest_rows(night, monkeypatch)
    assert found.failed == {}
    assert not found.digest_matches
    assert not found.passed


def test_an_article_on_both_sides_of_the_split_is_found(night, monkeypatch):
    victim = pairs(night)[0]
    rewrite(night, victim["pair_id"], "split", "'test'" if victim["split"] == "train" else "'train'")
    assert verify_newest_rows(night, monkeypatch).clusters_on_both_sides == (victim["article_id"],)


@on_any_store
@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_a_damaged_original_fails_the_pairs_of_its_article_and_no_others(night, damage):
    victim = next(row for row in pairs(night) if row["article_id"] == "a")
    key = f"originals/{victim['article_sha256']}"
    if damage == "gone":
        night.lake.store.delete(key)
    else:
        night.lake.store.write(key, night.lake.store.read(key) + b"!")
    found = verify(night.lake)
    assert set(found.failed) == {row["pair_id"] for row in pairs(night) if row["article_id"] == "a"}


def test_a_version_that_does_not_exist_is_named_in_one_sentence(night):
    with pytest.raises(StorageError, match="no dataset version 99.*ownvoice versions"):
        verify(night.lake, 99)


def test_a_proof_sorts_the_pairs_of_few_dates_at_a_time(night, monkeypatch):
    night.write("c")
    night.run("two", refresh_date=dt.date(2026, 2, 2))
    sizes, seen = pairs_by_date(night.lake.table("pairs")), []

    def watched(table, columns="*", where="true", **given):
        batches = list(scan(table, columns, where, **given))
        if "ORDER BY" in where:
            seen.append(sum(batch.num_rows for batch in batches))
        return iter(batches)

    monkeypatch.setattr(module, "scan", watched)
    monkeypatch.setattr(module, "_PAIRS_AT_A_TIME", 1)
    found = module.verify(night.lake)
    assert found.passed and found.pairs == sum(sizes.values())
    assert len(sizes) == 2 and seen == list(sizes.values())
