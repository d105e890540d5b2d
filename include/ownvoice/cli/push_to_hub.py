"""`ownvoice push-to-hub`: the newest version on the Hugging Face Hub."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from ownvoice.cli.options import JsonOption, LakeOption
from ownvoice.cli.output import print_result
from ownvoice.config.settings import HubDataset, load_settings
from ownvoice.dataset.hub.push import CARD, draft, push_to_hub
from ownvoice.errors import SettingsError
from ownvoice.storage.hub import hub_client, token_from_environment
from ownvoice.storage.lake import Lake


def command(
    repo: Annotated[str | None, typer.Option(help="Repository, as owner/name [OWNVOICE_HUB_DATASET_REPO].")] = None,
    lake: LakeOption = None,
    dry_run: Annotated[bool, typer.Option(help="Show card and files; send the Hub nothing.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Push, and print the commit; or print what would be pushed."""
    settings = load_settings(lake=lake, hub_dataset_repo=repo)
    target, opened = settings.hub_dataset, Lake(settings.lake)
    if target is None:
        raise SettingsError("no repository was named: pass --repo owner/name, or set OWNVOICE_HUB_DATASET_REPO.")
    if dry_run:
        _print_draft(opened, target, as_json)
    else:
        pushed = push_to_hub(opened, hub_client(token_from_environment()), target)
        print_result([f"version {pushed.version} is in {pushed.repo_id} at {pushed.revision}"], asdict(pushed), as_json)


def _print_draft(lake: Lake, target: HubDataset, as_json: bool) -> None:
    wanted = draft(lake, target)
    number = wanted.version.number
    shown = {"repo_id": target.repo_id, "version": number, "card": wanted.card, "files": wanted.sizes}
    lines = [
        wanted.card,
        f"version {number} in {target.repo_id}: {CARD} as above, and",
        *(f"{size:>16,}  {path}" for path, size in wanted.sizes.items()),
    ]
    print_result(lines, shown, as_json)
