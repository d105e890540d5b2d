"""`ownvoice identity`: rows that teach a model who it is and who made it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from ownvoice.cli.endpoints import open_endpoints
from ownvoice.cli.options import JsonOption, LakeOption, MaxCostOption, MaxTokensOption, OfflineOption
from ownvoice.cli.output import print_result
from ownvoice.config.generators import LLM_API
from ownvoice.config.settings import Settings, load_settings
from ownvoice.imports.identity.make import MAX_PAIRS, MIN_PAIRS, IdentityPair, Origin, counts_of, identity_pairs
from ownvoice.imports.identity.paraphrase import Reworded, reworded
from ownvoice.imports.identity.record import IdentityRecorded, record_identity
from ownvoice.imports.identity.words import LANGUAGES
from ownvoice.llm.budget import at_most
from ownvoice.offline_model.server import OFFLINE_MODEL
from ownvoice.storage.lake import Lake
from ownvoice.terminal import wrapped


def command(
    name: Annotated[str, typer.Option(help="What the model is called.")],
    maker: Annotated[str, typer.Option(help="Who made it: a person or a company.")],
    count: Annotated[int, typer.Option(help=f"How many pairs, {MIN_PAIRS} to {MAX_PAIRS}.")] = 300,
    language: Annotated[
        list[str] | None, typer.Option(help="An ISO code; repeatable. Without it, English and those of the recipe.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Another seed makes other pairs; the same makes the same.")] = 0,
    model: Annotated[str | None, typer.Option(help="A model that rewords prompts and rejected answers.")] = None,
    endpoint: Annotated[str, typer.Option(help="Its endpoint.")] = LLM_API,
    max_tokens: MaxTokensOption = None,
    max_cost_usd: MaxCostOption = None,
    offline: OfflineOption = False,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write identity pairs into tables/imported, in the place of those there; a mixture takes them as a set."""
    settings = load_settings(lake=lake, max_tokens=max_tokens, max_cost_usd=max_cost_usd)
    origin, opened = Origin(name, maker), Lake(settings.lake)
    run = f"identity__{dt.datetime.now(dt.UTC):%Y-%m-%dT%H%M%S.%fZ}"
    pairs = identity_pairs(origin, count, language or _languages(settings), seed)
    asked = OFFLINE_MODEL if offline else model
    new = _reworded(settings, opened, run, pairs, origin, asked, endpoint, offline) if asked else None
    recorded = record_identity(opened, new.pairs if new else pairs, run)
    told = {"pairs": len(pairs), "counts": counts_of(pairs), "reworded": new and (new.prompts, new.rejected)}
    lines = _lines(origin, pairs, recorded, new)
    print_result((line for one in lines for line in wrapped(one)), asdict(recorded) | told, as_json)


def _lines(
    origin: Origin, pairs: Sequence[IdentityPair], recorded: IdentityRecorded, new: Reworded | None
) -> Iterator[str]:
    yield (
        f"{len(pairs)} pairs state that {origin.name} was made by {origin.maker}: {recorded.rows} are new, and "
        f"{recorded.withdrawn} of an earlier identity are withdrawn."
    )
    yield "By language and kind: " + ", ".join(f"{what} {count}" for what, count in counts_of(pairs).items()) + "."
    if new:
        yield f"A model reworded {new.prompts} prompts and {new.rejected} rejected answers."
    yield 'They are the set identity: a training takes them by a mixture, such as {"own": 1.0, "identity": 1.0}.'


def _languages(settings: Settings) -> list[str]:
    """Return English, and the languages of the recipe that there are templates in."""
    wanted = (settings.recipe.languages or "").replace(",", " ").split()
    return list(dict.fromkeys(["en", *(one for one in wanted if one in LANGUAGES)]))


def _reworded(
    settings: Settings,
    lake: Lake,
    run: str,
    pairs: list[IdentityPair],
    origin: Origin,
    model: str,
    endpoint: str,
    offline: bool,
) -> Reworded:
    share = at_most(settings.max_tokens, settings.max_cost_usd)
    with open_endpoints(settings, offline) as endpoints:
        return reworded(
            lake, run, pairs, origin, model, endpoints, endpoint=endpoint, share=share, prices=settings.prices
        )
