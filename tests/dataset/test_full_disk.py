"""A disk that is full, or cannot be written to, in the midst of a commit: told as that, and nothing is half-written."""

from __future__ import annotations

import pytest

from ownvoice.dataset.verify import verify
from ownvoice.errors import DiskError, StorageAccessError
from stand_ins.night import Night

# To the word what deltalake 1.6.6 raised on a disk whose writes failed; its causes stand one below the other.
SAID = [
    ("DeltaError", "Failed to parse parquet: External: Generic LocalFileSystem error: {}", DiskError),
    ("OSError", "Generic error\n \x1b[31m↳\x1b[0m Unable to copy data to file\n \x1b[31m↳\x1b[0m {}\n", DiskError),
    ("CommitFailedError", "Transaction failed: Generic LocalFileSystem error: {}", DiskError),
    ("OSError", "Generic error: Unable to open file: Permission denied (os error 13)", StorageAccessError),
]
FULL, READ_ONLY = "No space left on device (os error 28)", "Read-only file system (os error 30)"


@pytest.fixture
def night(lake, tmp_path, offline_model):
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write("a", "b")
    night.list_and_plan("one")
    night.generate("one")
    return night


@pytest.mark.parametrize("why", [FULL, READ_ONLY])
@pytest.mark.parametrize(("raised", "said", "told"), SAID)
@pytest.mark.parametrize("writes_before", [0, 1, 2], ids=["articles", "chunks", "pairs"])
def test_a_commit_to_a_disk_that_takes_nothing_is_told_so_and_made_once_there_is_room(
    night, monkeypatch, writes_before, raised, said, told, why
):
    import deltalake

    write, left = deltalake.write_deltalake, [writes_before]

    def write_until_full(*arguments, **options):
        if not left[0]:
            raise getattr(deltalake.exceptions, raised, OSError)(said.format(why))
        left[0] -= 1
        return write(*arguments, **options)

    with monkeypatch.context() as full:
        full.setattr(deltalake, "write_deltalake", write_until_full)
        with pytest.raises(told, match=r"disk is full|read-only|access denied"):
            night.commit("one")
    version = night.commit("one")
    assert version.number == 1
    assert verify(night.lake).passed


def test_a_checkpoint_that_finds_no_room_costs_no_commit(night, monkeypatch):
    import deltalake

    def fail(_):
        raise deltalake.exceptions.DeltaError(f"Kernel error: {FULL}")

    monkeypatch.setattr("ownvoice.dataset.log_entry._ENTRIES_PER_CHECKPOINT", 1)
    monkeypatch.setattr(deltalake.DeltaTable, "create_checkpoint", fail)
    assert night.commit("one").number == 1
    assert verify(night.lake).passed
