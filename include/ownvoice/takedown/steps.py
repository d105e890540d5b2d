"""The ten steps of a takedown, in their order. Each may be done again: it then does what is left, and says the same.

The models are listed before the rows go, or nobody could say which ones learnt from them; the texts go after what is
searched for was made of them; and the search comes last, when everything else is done.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from ownvoice.articles.tombstones import Withheld, put_tombstone
from ownvoice.config.settings import HubDataset
from ownvoice.errors import HubAccessError, HubUnavailableError, SettingsError, StorageError
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import original_key
from ownvoice.takedown.bucket import remove_old_versions
from ownvoice.takedown.commit import commit_without
from ownvoice.takedown.found import Found, Wanted
from ownvoice.takedown.hub import Client, clear_hub, pushed_repositories
from ownvoice.takedown.kept_found import keep_found, kept_found
from ownvoice.takedown.model_cards import mark_card
from ownvoice.takedown.models import decided, models_of
from ownvoice.takedown.old_versions import rewrite_old_versions
from ownvoice.takedown.record import StepDone, TakedownRecord
from ownvoice.takedown.rows import LEAST_JACCARD, find_rows
from ownvoice.takedown.scrub.scrub import scrub
from ownvoice.takedown.scrub.treatments import Treatment, treatment_of
from ownvoice.takedown.search.needles import Needles
from ownvoice.takedown.search.objects import Progress, search_objects
from ownvoice.takedown.sought import sought_of

_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asks: what is `wanted`, which models are kept and why, and who says so."""

    wanted: Wanted
    kept_models: Mapping[str, str] = field(default_factory=dict)
    decided_by: str = ""


@dataclass(slots=True)
class Work:
    """A takedown at work. `open_hub` signs in to the Hub, and `target` is what the settings say of a dataset there."""

    lake: Lake
    asked: Asked
    record: TakedownRecord
    open_hub: Client
    target: HubDataset | None = None
    progress: Progress | None = None

    @property
    def takedown_id(self) -> str:
        """The id of the takedown."""
        return self.record.takedown_id

    def kept(self) -> tuple[Found, Needles]:
        """Return what was found, and what is searched for. Raises `StorageError` where it is gone before the end."""
        kept = kept_found(self.lake, self.takedown_id)
        if kept is None:
            raise StorageError(
                f"takedown {self.takedown_id} has lost what it found, in {self.lake.uri}. Put its folder below "
                "`takedowns/` back from a backup, then run the same takedown again; nothing was half-written."
            )
        return kept


def find(work: Work) -> StepDone:
    """Find what goes, and make of the texts, while they are there, what the search will look for."""
    found = find_rows(work.lake, work.asked.wanted)
    if not is_held(found):
        raise StorageError(nothing_found(work.lake, found, work.asked.wanted.texts))
    decided(models_of(work.lake, found), work.asked.kept_models)  # refuses a name that is wrong before all else
    sought = sought_of(work.lake, found, work.asked.wanted.texts)
    keep_found(work.lake, work.takedown_id, found, sought)
    work.record = work.record.model_copy(update={"near_copies": dict(found.near_copies)})
    counts = {"articles": len(found.article_ids), "texts": len(found.texts), "versions": len(found.versions)}
    return _done("find", counts | {"runs_searched": len(sought.needles.runs), "runs_shared": sought.shared_runs})


def put_up(work: Work) -> StepDone:
    """Put up the tombstone, which every later listing, plan and request asks."""
    found, _ = work.kept()
    texts = _texts(work.lake, found.asked_texts)
    withheld = Withheld(
        article_ids=found.article_ids,
        source_keys=found.source_keys,
        author_ids=found.author_ids,
        row_ids=found.imported_ids,
        texts=(*texts.values(), *work.asked.wanted.texts),
        copies=tuple(_texts(work.lake, found.texts - texts.keys()).values()),
    )
    stone = put_tombstone(work.lake, work.takedown_id, withheld, LEAST_JACCARD)
    return _done("tombstone", {"marks": len(stone.marks), "sketches": len(stone.sketches)})


def list_models(work: Work) -> StepDone:
    """List the models that learnt from what goes, with what was decided of each."""
    found, _ = work.kept()
    models = decided(models_of(work.lake, found), work.asked.kept_models)
    work.record = work.record.model_copy(update={"models": models, "decided_by": work.asked.decided_by})
    kept = sum(use.decision == "keep" for use in models)
    return _done("models", {"models": len(models), "kept": kept, "retrain": len(models) - kept})


def commit(work: Work) -> StepDone:
    """Commit a version without the rows."""
    found, _ = work.kept()
    version = commit_without(work.lake, work.takedown_id, found)
    counts = {"version": version.number, "retired": version.retired, "pairs": version.pairs} if version else {}
    return _done("rows", counts)


def clear_objects(work: Work) -> StepDone:
    """Delete or rewrite every object that holds something."""
    found, needles = work.kept()
    done = scrub(work.lake, needles, found.article_ids, dry_run=False, progress=work.progress)
    counts = {**done.objects, "objects": done.objects.total(), "bytes": done.size_bytes.total()}
    return _done("objects", counts, outside=done.left)


def rewrite_versions(work: Work) -> StepDone:
    """Take the rows out of every old version and out of the tables' logs; the sums that prove them stay."""
    found, _ = work.kept()
    done = rewrite_old_versions(work.lake, work.takedown_id, found)
    return _done("versions", {"deleted": len(done.deleted), "overwritten": len(done.overwritten)})


def clear_bucket(work: Work) -> StepDone:
    """Remove the old versions that a bucket keeps of objects; what a lock holds is named with its date."""
    _, needles = work.kept()
    done = remove_old_versions(work.lake, needles)
    counts = {"seen": done.seen, "removed": done.removed, "bytes": done.removed_bytes}
    return _done("bucket", counts, left=done.left)


def clear_hub_datasets(work: Work) -> StepDone:
    """Take the rows out of the dataset repositories on the Hub, and out of their history."""
    left: dict[str, str] = {}
    repositories = pushed_repositories(work.lake)
    cleared = [clear_hub(work.lake, one, work.open_hub, work.target) for one in repositories]
    for one in cleared:
        left |= {f"hub:{one.repo_id}:{place}": why for place, why in enumerate(one.left, 1)}
    files = sum(one.files for one in cleared)
    return _done("hub", {"repositories": len(cleared), "files": files}, left=left)


def mark_models(work: Work) -> StepDone:
    """Mark the cards of the models on the Hub that learnt from it."""
    left: dict[str, str] = {}
    marked = 0
    for use in work.record.models:
        if use.repo_id is None:
            continue
        try:
            marked += mark_card(work.open_hub(), use, work.takedown_id)
        except (HubAccessError, HubUnavailableError, SettingsError) as error:
            left[f"card of {use.run_id}"] = str(error)
    return _done("cards", {"marked": marked}, left=left)


def search(work: Work) -> StepDone:
    """Look through every live object for what was withdrawn: the proof."""
    _, needles = work.kept()
    found = search_objects(work.lake, work.lake.store.objects(), needles, work.progress)
    on_purpose = [hit for hit in found.hits if treatment_of(hit.key) is Treatment.ON_PURPOSE]
    left = {
        hit.key: f"it holds {hit.met.runs} runs of eight words and {hit.met.names} names"
        for hit in found.hits
        if hit not in on_purpose
    }
    counts = {"objects": found.objects, "bytes": found.size_bytes, "hits": len(left), "on_purpose": len(on_purpose)}
    return _done("search", counts, left=left, outside=found.undecoded)


STEPS: Mapping[str, Callable[[Work], StepDone]] = {
    "find": find,
    "tombstone": put_up,
    "models": list_models,
    "rows": commit,
    "objects": clear_objects,
    "versions": rewrite_versions,
    "bucket": clear_bucket,
    "hub": clear_hub_datasets,
    "cards": mark_models,
    "search": search,
}


def is_held(found: Found) -> bool:
    """Whether the lake holds anything of what was looked for."""
    return bool(found.article_ids or found.imported_ids)


def nothing_found(lake: Lake, found: Found, texts: Collection[str] = ()) -> str:
    """Return the sentence for a takedown that finds nothing; it names the articles that hold a passage that was given.

    Such an article is not taken by itself: others may be quoting the passage.
    """
    held_by = sought_of(lake, found, texts).held_by if texts else {}
    if held_by:
        listed = "; ".join(f"{one} {said}" for one, said in list(held_by_words(held_by).items())[:_SHOWN])
        more = f"; and {len(held_by) - _SHOWN:,} more" if len(held_by) > _SHOWN else ""
        return (
            f"no article of {lake.uri} is the text that was given, and these hold it as a passage: {listed}{more}. Ask "
            "for those of the author's by id (`--article ID`); an article is taken down whole, not a passage of it."
        )
    return (
        f"{lake.uri} holds nothing of what is to be taken down, in no version. `ownvoice show` and `ownvoice chunks` "
        "list article ids as the lake spells them; `ownvoice takedown list` shows what was taken down before."
    )


def held_by_words(held_by: Mapping[str, float]) -> dict[str, str]:
    """Return the articles that hold a text, those that hold most of it first, each with how much that is."""
    most = sorted(held_by.items(), key=lambda one: (-one[1], one[0]))
    return {article_id: f"holds {share:.0%} of its runs of eight words" for article_id, share in most}


def _texts(lake: Lake, sha256s: frozenset[str]) -> dict[str, str]:
    read = {sha256: lake.store.read(original_key(sha256)) for sha256 in sorted(sha256s)}
    return {sha256: data.decode("utf-8", "replace") for sha256, data in read.items() if data is not None}


def _done(
    name: str,
    counts: Mapping[str, int],
    left: Mapping[str, str] | None = None,
    outside: Mapping[str, str] | None = None,
) -> StepDone:
    return StepDone(
        name=name, at=dt.datetime.now(dt.UTC), counts=dict(counts), open=dict(left or {}), outside=dict(outside or {})
    )
