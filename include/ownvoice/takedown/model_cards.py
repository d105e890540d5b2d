"""The cards of models that learnt from what is withdrawn: each says so on the Hub, with what was decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ownvoice.storage.hub import hub_faults
from ownvoice.takedown.models import ModelUse

if TYPE_CHECKING:
    from huggingface_hub import HfApi

_CARD = "README.md"
_HEADING = "## Withdrawn training data"


def mark_card(api: HfApi, use: ModelUse, takedown_id: str) -> bool:
    """Say in the card of a published model, on every branch that has one, what was withdrawn; return whether it did.

    A card that says it already stays as it is. Raises `HubAccessError` and `HubUnavailableError`.
    """
    assert use.repo_id, "it was published"
    marked = False
    with hub_faults(use.repo_id):
        for branch in api.list_repo_refs(use.repo_id).branches:
            marked |= _mark(api, use, takedown_id, branch.name, branch.target_commit)
    return marked


def _mark(api: HfApi, use: ModelUse, takedown_id: str, branch: str, head: str) -> bool:
    from huggingface_hub import CommitOperationAdd

    repo_id, said, section = str(use.repo_id), _said(use, takedown_id), _section(use, takedown_id)
    if not api.file_exists(repo_id, _CARD, revision=head):
        return False
    with open(api.hf_hub_download(repo_id, _CARD, revision=head), encoding="utf-8") as file:  # noqa: PTH123
        card = file.read()
    if section in card:
        return False
    others = [part for part in card.split(_HEADING) if said not in part]  # what was decided before, if anything
    operation = CommitOperationAdd(_CARD, f"{_HEADING.join(others).rstrip()}\n\n{section}\n".encode())
    title = "Say that training data was withdrawn"
    api.create_commit(repo_id, [operation], commit_message=title, revision=branch, parent_commit=head)
    return True


def _said(use: ModelUse, takedown_id: str) -> str:
    return (
        f"Training {use.run_id} learnt from pairs that were withdrawn from the dataset at their author's request "
        f"(takedown {takedown_id}). "
    )


def _section(use: ModelUse, takedown_id: str) -> str:
    said = f"{_HEADING}\n\n{_said(use, takedown_id)}"
    if use.decision == "keep":
        return f"{said}The model is kept: {use.reason}"
    return f"{said}It is to be trained again without them; do not use this one for new work."
