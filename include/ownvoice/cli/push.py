"""`ownvoice push-to-hub`: one command of the command line, from the newest version to the Hub."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from ownvoice.cli.options import JsonOption, LakeOption
from ownvoice.config.settings import load_settings
from ownvoice.dataset.hub.push import CARD, draft, push_to_hub
from ownvoice.errors import SettingsError
from ownvoice.storage.hub import hub_client, token_from_environment
from ownvoice.storage.lake import Lake


def push_to_hub_command(
    repo: Annotated[str | None, typer.Option(help="Repository, as owner/name [OWNVOICE_HUB_DATASET_REPO].")] = None,
    lake: LakeOption = None,
    dry_run: Annotated[bool, typer.Option(help="Show card and files; ask the Hub nothing.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Push the newest version to the Hub, with the token in HF_TOKEN."""
    settings = load_settings(lake=lake, hub_dataset_repo=repo)
    target = settings.hub_dataset
    if target is None:
        raise SettingsError("no repository was named: pass --repo owner/name, or set OWNVOICE_HUB_DATASET_REPO.")
    if dry_run:
        wanted = draft(Lake(settings.lake), target)
        number = wanted.version.number
        shown = {"repo_id": target.repo_id, "version": number, "card": wanted.card, "files": wanted.sizes}
        files = "\n".join(f"{size:>16,}  {path}" for path, size in wanted.sizes.items())
        text = f"{wanted.card}\nversion {number} in {target.repo_id}: {CARD} as above, and\n{files}"
    else:
        pushed = push_to_hub(Lake(settings.lake), hub_client(token_from_environment()), target)
        shown = asdict(pushed)
        text = f"version {pushed.version} stands in {pushed.repo_id} at {pushed.revision}"
    print(json.dumps(shown, ensure_ascii=False, indent=1) if as_json else text)
