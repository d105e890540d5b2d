"""`ownvoice migrate`: a lake of an older release gets today's columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from ownvoice.cli.options import DryRunOption, JsonOption, LakeOption
from ownvoice.cli.output import print_result
from ownvoice.config.settings import load_settings
from ownvoice.dataset.migrate import TableMigration, migrate, plan_migration
from ownvoice.storage.lake import Lake


def command(lake: LakeOption = None, dry_run: DryRunOption = False, as_json: JsonOption = False) -> None:
    """Migrate the tables, or with `--dry-run` say what would be done."""
    opened = Lake(load_settings(lake=lake).lake)
    done = plan_migration(opened) if dry_run else migrate(opened)
    print_result(_lines(done, dry_run), {"dry_run": dry_run, "tables": [asdict(one) for one in done]}, as_json)


def _lines(done: Sequence[TableMigration], dry_run: bool) -> Iterator[str]:
    if not done:
        yield "every table is as this release makes it: there is nothing to migrate"
        return
    for one in done:
        if one.missing:
            yield f"{one.table}: {one.rows:,} rows get {', '.join(one.missing)}"
        if one.log_entries:
            yield f"{one.table}: {one.log_entries:,} entries of its log lose the beginnings of texts that they hold"
    yield "nothing was changed (--dry-run)" if dry_run else "migrated: `ownvoice verify` proves the newest version"
