"""docker/backup.sh: the copy of a lake is a lake, at whatever moment of a night it was made, and wherever it is put."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ownvoice.config.judges import Judge
from ownvoice.dataset.export import export
from ownvoice.dataset.verify import verify
from ownvoice.evaluation.judges.item import Item, Side
from ownvoice.evaluation.judges.judgement import row_without_asking
from ownvoice.evaluation.judges.table import read_judgements, record_judgements
from ownvoice.evaluation.judges.wanted import wanted_of
from ownvoice.offline_model.server import OfflineModel, running_offline_model
from ownvoice.reports.report import write_report
from ownvoice.storage.aws import AwsAccess
from ownvoice.storage.lake import Lake
from ownvoice.storage.remedies import remedy
from ownvoice.storage.versions import all_versions, latest_version
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.results.lineage import lineage_of_version
from ownvoice.training.results.report import write_training_report
from ownvoice.training.run import TrainingRun, write_training_run
from stand_ins.night import Night
from stand_ins.places import REPOSITORY
from stand_ins.s3_server import make_bucket
from stand_ins.trained import leave_trained_run

SCRIPT = REPOSITORY / "docker" / "backup.sh"
RCLONE = shutil.which("rclone")
SHARE = {"test_share": 0.5}
CALLS = 18  # of rclone, in one backup

pytestmark = pytest.mark.skipif(RCLONE is None, reason="no rclone here: apt-get install rclone")


@dataclass(frozen=True, slots=True)
class Nights:
    """A lake after each of two nights, and the articles and the model of the second."""

    first: Path
    second: Path
    articles: Path
    model: OfflineModel


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    folder = tmp_path_factory.mktemp("nights")
    lake = Lake((folder / "lake").as_uri())
    with running_offline_model() as model:
        night = Night(lake, folder / "articles", model)
        night.write("ant", "bee")
        night.run("first", **SHARE)
        write_report(lake, "first")
        shutil.copytree(folder / "lake", folder / "first")
        night.edit("ant", "I don’t mind the rain as much as I once did, and that’s all I can say of it.")
        night.write("cow")
        night.run("second", **SHARE)
        write_report(lake, "second")
        yield Nights(folder / "first", folder / "lake", folder / "articles", model)


class Rclone:
    """The real rclone, with something of our own before a call: calls count from 1."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "rclone"
        folder.mkdir()
        (folder / "calls").write_text("0")
        self.path.write_text(
            f"#!/bin/sh\nn=$(($(cat {folder}/calls) + 1)); echo $n > {folder}/calls\n"
            f'if [ -f {folder}/before-$n ]; then . {folder}/before-$n; fi\nexec {RCLONE} "$@"\n'
        )
        self.path.chmod(0o755)

    def before(self, call: int, lines: list[str]) -> None:
        """Run shell `lines` before a call."""
        (self.folder / f"before-{call}").write_text("\n".join(lines) + "\n")

    @property
    def calls(self) -> int:
        """How often it was called."""
        return int((self.folder / "calls").read_text())


@pytest.fixture
def rclone(tmp_path: Path) -> Rclone:
    return Rclone(tmp_path / "bin")


def backed_up(lake: Path | str, backup: Path | str, rclone: Rclone, **env: str) -> subprocess.CompletedProcess[str]:
    path = f"{rclone.folder}:{os.environ['PATH']}"
    return subprocess.run([SCRIPT, lake, backup], env=os.environ | env | {"PATH": path}, capture_output=True, text=True)


def digest_of(lake: Lake) -> str:
    newest = latest_version(lake)
    assert newest and verify(lake).passed
    return newest.digest


def opened(folder: Path) -> Lake:
    return Lake(folder.as_uri())


def written_in_order(nights: Nights, live: Path) -> list[str]:
    """Return shell lines that write what the second night wrote into a lake after the first, in the night's order."""
    lines = []
    for path in sorted(filter(Path.is_file, nights.second.rglob("*")), key=lambda path: path.stat().st_mtime_ns):
        key = path.relative_to(nights.second)
        earlier = nights.first / key
        if not earlier.exists() or earlier.read_bytes() != path.read_bytes():
            lines.append(f"mkdir -p '{(live / key).parent}'; cp -p '{path}' '{live / key}'")
    return lines


def spread(lines: list[str]) -> dict[int, list[str]]:
    """Spread the lines over all calls."""
    return {call: lines[(call - 1) * len(lines) // CALLS : call * len(lines) // CALLS] for call in range(1, CALLS + 1)}


@pytest.mark.parametrize("moment", [3, 9, "all along"])
def test_a_copy_made_while_a_night_runs_is_a_whole_version(
    moment: int | str, nights: Nights, rclone: Rclone, tmp_path: Path
):
    live, backup = tmp_path / "live", tmp_path / "backup"
    shutil.copytree(nights.first, live)
    lines = written_in_order(nights, live)
    schedule = spread(lines) if moment == "all along" else {int(moment): lines}
    for call, some in schedule.items():
        rclone.before(call, some)
    assert backed_up(live, backup, rclone).returncode == 0 and rclone.calls == CALLS
    assert digest_of(opened(backup)) in (digest_of(opened(nights.first)), digest_of(opened(nights.second)))
    assert backed_up(live, backup, rclone).returncode == 0
    assert digest_of(opened(backup)) == digest_of(opened(nights.second))


def test_answers_of_a_night_that_the_copied_version_lacks_are_not_paid_for_again(
    nights: Nights, rclone: Rclone, tmp_path: Path
):
    live, backup = tmp_path / "live", tmp_path / "backup"
    shutil.copytree(nights.first, live)
    rclone.before(8, written_in_order(nights, live))
    assert backed_up(live, backup, rclone).returncode == 0
    assert digest_of(opened(backup)) == digest_of(opened(nights.first))
    asked = nights.model.requests_served
    Night(opened(backup), nights.articles, nights.model).run("again", **SHARE)
    assert nights.model.requests_served == asked
    assert verify(opened(backup)).passed and len(all_versions(opened(backup))) == 2


@pytest.mark.parametrize("call", [11, 13])
def test_a_copy_that_is_cut_short_leaves_a_whole_version(call: int, nights: Nights, rclone: Rclone, tmp_path: Path):
    backup = tmp_path / "backup"
    assert backed_up(nights.first, backup, rclone).returncode == 0
    rclone.before(CALLS + call, ["exit 9"])
    assert backed_up(nights.second, backup, rclone).returncode != 0
    assert digest_of(opened(backup)) in (digest_of(opened(nights.first)), digest_of(opened(nights.second)))


def test_a_lake_that_is_put_back_elsewhere_goes_on_as_if_nothing_had_happened(
    nights: Nights, rclone: Rclone, tmp_path: Path, s3_access: AwsAccess
):
    live, backup = tmp_path / "live", tmp_path / "backup"
    shutil.copytree(nights.second, live)
    train(opened(live))
    expected = export(opened(live), tmp_path / "before")
    assert backed_up(live, backup, rclone).returncode == 0
    shutil.rmtree(live)

    restored = Lake(f"{make_bucket(s3_access, 'restored')}/elsewhere", s3_access)
    rclone_into(s3_access, backup, "restored/elsewhere")
    shutil.rmtree(backup)
    assert verify(restored).passed
    assert export(restored, tmp_path / "after") == expected
    assert (tmp_path / "after" / "train.parquet").read_bytes() == (tmp_path / "before" / "train.parquet").read_bytes()
    assert [one["run_id"] for one in lineage_of_version(restored, 2)["trainings"]] == ["a-training"]

    asked = nights.model.requests_served
    version = Night(restored, nights.articles, nights.model).run("third", **SHARE)
    assert nights.model.requests_served == asked and len(all_versions(restored)) == (2 if version is None else 3)
    assert digest_of(restored) == digest_of(opened(nights.second))


def test_the_backup_of_another_lake_is_left_as_it_is(nights: Nights, rclone: Rclone, tmp_path: Path):
    other, backup = tmp_path / "other", tmp_path / "backup"
    shutil.copytree(nights.first, other)
    night = Night(opened(other), tmp_path / "articles", nights.model)
    night.write("dog")
    night.run("elsewhere", reconcile=True)
    assert backed_up(other, backup, rclone).returncode == 0
    before = contents(backup)
    refused = backed_up(nights.second, backup, rclone)
    assert refused.returncode == 1 and "name an empty place" in refused.stderr
    assert contents(backup) == before


def test_a_record_that_is_done_with_goes_from_the_backup_too(nights: Nights, rclone: Rclone, tmp_path: Path):
    live, backup = tmp_path / "live", tmp_path / "backup"
    shutil.copytree(nights.first, live)
    keys = [Path("batch_api/open/first/batch-0000-1.json"), Path("refused/some/chunk")]
    for key in keys:
        (live / key).parent.mkdir(parents=True)
        (live / key).write_text("{}")
    assert backed_up(live, backup, rclone).returncode == 0 and all((backup / key).is_file() for key in keys)
    for key in keys:
        (live / key).unlink()
    assert backed_up(live, backup, rclone).returncode == 0 and not any((backup / key).exists() for key in keys)
    assert digest_of(opened(backup)) == digest_of(opened(nights.first))


def test_a_table_with_checkpoints_is_copied_without_the_hint(nights: Nights, rclone: Rclone, tmp_path: Path):
    live, backup = tmp_path / "live", tmp_path / "backup"
    shutil.copytree(nights.second, live)
    for name in ("pairs", "articles", "chunks", "runs"):
        table = opened(live).table(name)
        assert table is not None
        table.create_checkpoint()
    assert backed_up(live, backup, rclone).returncode == 0
    assert not list(backup.rglob("_last_checkpoint")) and len(list(backup.rglob("*.checkpoint.parquet"))) == 4
    assert digest_of(opened(backup)) == digest_of(opened(nights.second))


def test_what_judges_said_is_copied_with_the_rest(nights: Nights, rclone: Rclone, tmp_path: Path):
    live, backup = tmp_path / "live", tmp_path / "backup"
    shutil.copytree(nights.first, live)
    item = Item("1", "Why?", Side("chosen", "Words."), Side("rejected", ""))
    judge = Judge(name="first", model="gpt-5-mini", family="gpt")
    said = [row_without_asking(one, "night", is_control=False) for one in wanted_of([judge], [item])]
    record_judgements(opened(live), said)
    assert backed_up(live, backup, rclone).returncode == 0
    assert read_judgements(opened(backup)) == read_judgements(opened(live)) != []


def test_a_lake_whose_first_night_was_killed_is_copied_as_it_is(nights: Nights, rclone: Rclone, tmp_path: Path):
    live, backup = tmp_path / "live", tmp_path / "backup"
    shutil.copytree(nights.first, live)
    shutil.rmtree(live / "tables")
    assert backed_up(live, backup, rclone).returncode == 0
    assert contents(backup) and latest_version(opened(backup)) is None


def test_a_lake_that_is_not_there_is_named_and_nothing_is_copied(rclone: Rclone, tmp_path: Path):
    refused = backed_up(tmp_path / "nowhere", tmp_path / "backup", rclone)
    assert refused.returncode == 1 and f"{tmp_path / 'nowhere'} is empty or not there" in refused.stderr
    assert not (tmp_path / "backup").exists()


def test_nothing_is_left_out_but_what_may_be_removed_from_a_lake(nights: Nights, rclone: Rclone, tmp_path: Path):
    left_out = [key for key in re.findall(r'--exclude "/([^"*]+)', SCRIPT.read_text()) if key not in copied_elsewhere()]
    not_lent = [key for key in left_out if not key.startswith(("lease", "probe/"))]
    assert not_lent and all(remedy(f"{key}x" if key.endswith("/") else key).startswith("Remove") for key in not_lent)
    backup = tmp_path / "backup"
    assert backed_up(nights.second, backup, rclone).returncode == 0
    missing = {key for key in contents(nights.second) if key not in contents(backup)}
    assert missing and all(key.startswith(tuple(left_out)) for key in missing)


def copied_elsewhere() -> tuple[str, ...]:
    return ("originals/", "answers/", "tables/", "batch_api/", "refused/")


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def train(lake: Lake) -> None:
    """Leave a training with its report, as a stand-in trains."""
    run = TrainingRun(run_id="a-training", lake=lake.uri, dataset_version=2, recipe=TrainingRecipe())
    write_training_run(lake, run)
    leave_trained_run(lake, run)
    write_training_report(lake, "a-training", dt.date(2026, 2, 3))


def rclone_into(access: AwsAccess, backup: Path, place: str) -> None:
    """Put a backup into a bucket, as the page says."""
    remote = {
        "TYPE": "s3",
        "PROVIDER": "Other",
        "ENDPOINT": access.endpoint_url or "",
        "ACCESS_KEY_ID": access.access_key_id or "",
        "SECRET_ACCESS_KEY": access.secret_access_key or "",
    }
    env = os.environ | {f"RCLONE_CONFIG_LAKE_{name}": value for name, value in remote.items()}
    env.pop("AWS_CA_BUNDLE", None)  # Debian's rclone stops at it, whatever the address
    subprocess.run(["rclone", "copy", backup, f"lake:{place}"], env=env, check=True, capture_output=True)
