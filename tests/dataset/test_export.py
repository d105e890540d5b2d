import errno

import pyarrow.parquet as pq
import pytest

from ownvoice.dataset.export import export
from ownvoice.errors import SettingsError
from ownvoice.storage.conditions import equals
from ownvoice.storage.lake import scan
from stand_ins.night import Night
from stand_ins.pair_lake import commit_pairs, left_out, small_dataset


@pytest.fixture
def night(lake, tmp_path, offline_model):
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write("a", "b", "c")
    night.list_and_plan("one", test_share=0.5)
    night.generate("one")
    night.commit("one")
    return night


def load(folder, monkeypatch):
    """Read a folder as a user would, without a network."""
    import huggingface_hub.constants  # it reads the variable below when it is first imported, for the whole process

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_DATASETS_CACHE", str(folder.parent / "cache"))
    from datasets import load_dataset

    return load_dataset(str(folder), cache_dir=str(folder.parent / "cache"))


@pytest.mark.parametrize("pair_format", ["standard", "conversational"])
def test_an_export_is_read_by_load_dataset_with_both_splits(night, tmp_path, monkeypatch, pair_format):
    rows = export(night.lake, tmp_path / "out", pair_format=pair_format)
    dataset = load(tmp_path / "out", monkeypatch)
    assert {split: len(dataset[split]) for split in dataset} == rows
    assert min(rows.values()) > 0
    assert dataset["train"].column_names == ["prompt", "chosen", "rejected", "provenance_class"]
    assert set(dataset["train"]["provenance_class"]) == {"verbatim"}


def test_the_conversational_format_has_the_prompt_as_user_and_the_answers_as_assistant(night, tmp_path, monkeypatch):
    export(night.lake, tmp_path / "out", pair_format="conversational")
    row = load(tmp_path / "out", monkeypatch)["train"][0]
    assert [message["role"] for name in ("prompt", "chosen", "rejected") for message in row[name]] == [
        "user",
        "assistant",
        "assistant",
    ]


def test_an_export_holds_the_rows_of_its_version_in_the_order_of_their_ids(night, tmp_path, monkeypatch):
    night.write("d")
    night.run("two")
    export(night.lake, tmp_path / "out", version=1)
    rows = [row for batch in scan(night.lake.table("pairs", 1)) for row in batch.to_pylist()]
    expected = [row["chosen"] for row in sorted(rows, key=lambda row: row["pair_id"]) if row["split"] == "train"]
    assert load(tmp_path / "out", monkeypatch)["train"]["chosen"][:] == expected


@pytest.mark.parametrize("gone", ["train", "test"])
def test_a_side_that_lost_its_last_pair_loses_its_file_and_the_other_is_still_read(night, tmp_path, monkeypatch, gone):
    export(night.lake, tmp_path / "out")
    for batch in scan(night.lake.table("articles"), "article_id", equals(split=gone)):
        for row in batch.to_pylist():
            night.remove(row["article_id"])
    night.run("two", test_share=0.5)
    rows = export(night.lake, tmp_path / "out")
    (side,) = (split for split in rows if split != gone)
    assert rows[gone] == 0
    assert [file.name for file in (tmp_path / "out").iterdir()] == [f"{side}.parquet"]
    assert {split: len(found) for split, found in load(tmp_path / "out", monkeypatch).items()} == {side: rows[side]}


def test_an_export_that_ends_early_leaves_the_earlier_file_as_it_was(night, tmp_path, monkeypatch):
    rows = export(night.lake, tmp_path / "out")
    with monkeypatch.context() as broken:
        broken.setattr("pyarrow.parquet.ParquetWriter.write_table", full_disk)
        with pytest.raises(SettingsError, match=r"out cannot be written to: No space left on device\. Make room"):
            export(night.lake, tmp_path / "out")
    assert {split: len(found) for split, found in load(tmp_path / "out", monkeypatch).items()} == rows


def full_disk(*_):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("pair_format", ["standard", "conversational"])
def test_pairs_that_are_left_out_are_not_exported(lake, tmp_path, pair_format):
    rows = small_dataset()
    commit_pairs(lake, left_out(rows, 0, 3, 47))
    assert export(lake, tmp_path / "out", pair_format=pair_format) == {"train": 38, "test": 7}
    texts = str(pq.read_table(tmp_path / "out" / "train.parquet")["chosen"].to_pylist())
    assert rows[0]["chosen"] not in texts
    assert rows[1]["chosen"] in texts
