"""The client of the Hugging Face Hub, for datasets and models, with its errors turned into ours.

Each becomes an error that a person must act on, or one that a later retry may not meet.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from json import JSONDecodeError
from typing import TYPE_CHECKING, Literal

from ownvoice.errors import HubAccessError, HubUnavailableError, OwnvoiceError, SettingsError, first_line

if TYPE_CHECKING:
    from huggingface_hub import HfApi

_CARD_REFUSED = "Invalid metadata in README.md."  # how its message begins; it has no class of its own
Right = Literal["read", "write"]
CHANGED = (409, 412)  # the branch has moved since the commit was prepared


def token_from_environment() -> str:
    """Return `HF_TOKEN`. Raises `SettingsError` where it is not set."""
    token = os.environ.get("HF_TOKEN")
    if not token:
        raise SettingsError("there is no token for the Hub: set HF_TOKEN to one that may write to the repository.")
    return token


def hub_client(token: str | None) -> HfApi:
    """Return the client for `HF_ENDPOINT`, or for the public Hub where that is not set; without progress bars.

    Without a token it reads what everybody may read, or what the account that is signed in here may.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.utils import disable_progress_bars

    disable_progress_bars()
    return HfApi(endpoint=os.environ.get("HF_ENDPOINT"), token=token)


@contextlib.contextmanager
def hub_faults(repo_id: str, right: Right = "write") -> Iterator[None]:
    """Raise `HubAccessError`, `HubUnavailableError` or `SettingsError` for what the client raises about `repo_id`.

    `right` is what a token needs there, for the sentence of a refusal.
    """
    try:
        yield
    except OwnvoiceError:
        raise
    except Exception as error:
        # The client wraps errors of its upload threads once more.
        for cause in (error, error.__cause__):
            if translated := _as_ownvoice_error(repo_id, cause, right):
                raise translated from None
        raise


def _as_ownvoice_error(repo_id: str, error: BaseException | None, right: Right) -> OwnvoiceError | None:
    from huggingface_hub.errors import (
        GatedRepoError,
        HfHubHTTPError,
        HFValidationError,
        OfflineModeIsEnabled,
        RemoteEntryNotFoundError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    if isinstance(error, OwnvoiceError):
        return error
    if isinstance(error, HFValidationError):
        return SettingsError(f"{repo_id!r} is no name of a repository. Write owner/name, as the Hub's address has it.")
    if isinstance(error, JSONDecodeError):
        return HubUnavailableError("the Hub's answer could not be read. Run again in some minutes.")
    if isinstance(error, ValueError) and str(error).startswith(_CARD_REFUSED):
        reason = " ".join(str(error).removeprefix(_CARD_REFUSED).split())
        return HubAccessError(
            f"the Hub does not take the card of {repo_id}: {reason}. Correct licence and languages in the settings."
        )
    if isinstance(error, GatedRepoError):
        return HubAccessError(f"{repo_id} is gated. Ask its owner for access with this token's account, then again.")
    if isinstance(error, RepositoryNotFoundError):
        return HubAccessError(f"{repo_id} does not exist, or this token may not see it. Correct the name or the token.")
    if isinstance(error, (RevisionNotFoundError, RemoteEntryNotFoundError)):
        return HubAccessError(f"{repo_id} has no such revision or file: {first_line(error)}. Correct the name.")
    if isinstance(error, OfflineModeIsEnabled):  # a setting of this machine, though its class is a ConnectionError
        return SettingsError(f"HF_HUB_OFFLINE is set, so that the Hub is not asked about {repo_id}. Unset it.")
    if isinstance(error, HfHubHTTPError):
        return _from_status(repo_id, error.response.status_code, error.response.headers.get("Retry-After"), right)
    if _is_of_the_network(error):
        return HubUnavailableError(
            f"the Hub broke off ({type(error).__name__}). Run again: what is there is not sent twice."
        )
    return None


def _is_of_the_network(error: BaseException | None) -> bool:
    is_clients = type(error).__module__.partition(".")[0] in ("httpx", "httpx2", "httpcore", "httpcore2")
    return is_clients or isinstance(error, (ConnectionError, TimeoutError))


def _from_status(repo_id: str, status: int, retry_after_s: str | None, right: Right) -> OwnvoiceError:
    if status in (401, 403):
        refused = "write to" if right == "write" else "show"
        return HubAccessError(
            f"the Hub refuses to {refused} {repo_id} ({status}). "
            f"Give it a token with {right} access to that repository."
        )
    if status in CHANGED:
        return HubUnavailableError(f"{repo_id} changed while it was published ({status}). Run again.")
    if status == 429:
        wait = f"{retry_after_s} seconds" if retry_after_s and retry_after_s.isdigit() else "some minutes"
        return HubUnavailableError(f"the Hub has had too many requests (429). Run again in {wait}.")
    if status >= 500:
        return HubUnavailableError(f"the Hub has a fault of its own ({status}). Run again in some minutes.")
    return HubAccessError(f"the Hub refuses what was sent for {repo_id} ({status}). Look at its settings page.")
