"""What went wrong, in words, and what a person does about it: one sentence each for every fault there is a name for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from ownvoice.llm.completion import Fault
from ownvoice.llm.failures import Failure
from ownvoice.pairs.filters import drop_reasons


@dataclass(frozen=True, slots=True)
class Advice:
    """A fault in words, and what to do."""

    meaning: str
    what_to_do: str


_ENDPOINT = "the Airflow connection that the recipe names (llm_api, unless it says another)"

ADVICE: dict[str, Advice] = {
    Failure.CONTEXT_TOO_LONG: Advice(
        "The chunk and its answer do not fit into the model's context.",
        "Nothing, where the chunk can be divided: the next night cuts it in two by itself. Else lower the recipe's "
        "max_output_tokens, or take a model with a longer context.",
    ),
    Failure.BAD_REQUEST: Advice(
        "The endpoint refused this one request.",
        "Look at the chunk: the endpoint may bar its subject. The others are not touched; `ownvoice try-prompt` asks "
        "about single chunks.",
    ),
    Failure.RATE_LIMITED: Advice(
        "The account's rate limit was reached.",
        "Set OWNVOICE_REQUESTS_PER_MINUTE and OWNVOICE_TOKENS_PER_MINUTE to the account's limits, or raise those.",
    ),
    Failure.TIMED_OUT: Advice(
        "The endpoint did not answer in time.",
        "Where it is frequent, raise OWNVOICE_REQUEST_TIMEOUT_S or lower OWNVOICE_MAX_REQUESTS_IN_FLIGHT.",
    ),
    Failure.NOT_CONNECTED: Advice(
        "The endpoint could not be reached.", f"Check the host of {_ENDPOINT}, the network, and a proxy."
    ),
    Failure.CONNECTION_LOST: Advice(
        "The connection broke before the answer was whole.",
        "Nothing, where it is rare; else look at the network and any proxy on the way.",
    ),
    Failure.SERVER_ERROR: Advice(
        "The endpoint failed by itself (HTTP 5xx).",
        "Nothing, where it passes; else look at the endpoint's status page.",
    ),
    Failure.NOT_A_COMPLETION: Advice(
        "What came back is no chat completion.",
        f"Check the host of {_ENDPOINT}: it usually ends in /v1, and no login page may stand before it.",
    ),
    Failure.BATCH_EXPIRED: Advice(
        "The batch was not done within the endpoint's time.",
        "Nothing: the chunks are pending and are asked next night.",
    ),
    Failure.BATCH_CANCELLED: Advice(
        "The batch was cancelled at the endpoint.", "Nothing: the chunks are pending and are asked next night."
    ),
    Failure.BATCH_LINE_MISSING: Advice(
        "The batch ended, and neither of its files speaks of the chunk.", "Nothing: the chunk is asked next night."
    ),
    Fault.TRUNCATED: Advice(
        "The answer broke off at its longest length.",
        "Twice the recipe's max_output_tokens was allowed: raise it, or lower max_chunk_chars so that there is less to "
        "say.",
    ),
    Fault.REFUSED: Advice("The model declined to answer.", "Look at the chunk; another model may take it."),
    Fault.EMPTY: Advice(
        "The answer held no triple; a second model's, no text.",
        "Nothing, where another try brought more. Where none did, there may be little to ask about in the chunk; "
        "another model may find it.",
    ),
    Fault.BAD_JSON: Advice(
        "The answer is no JSON that can be read.",
        "Where it is frequent, set the recipe's response_format to json_schema, or take another model.",
    ),
    Fault.WRONG_SHAPE: Advice(
        "The JSON has another shape than the prompt asks for.",
        "Where it is frequent, set the recipe's response_format to json_schema, or take another model.",
    ),
}

_UNKNOWN = Advice("A fault that this version of Ownvoice has no words for.", "Look at the chunks that met it.")


def advice_on(name: str) -> Advice:
    """Return the words for a fault or drop reason; a name of another version of Ownvoice is no error."""
    drops = {reason.name: Advice(reason.meaning, reason.what_to_do) for reason in drop_reasons()}
    return ADVICE.get(name) or drops.get(name, _UNKNOWN)


def commonest(counts: Mapping[str, int], most: int = 3) -> list[tuple[str, int, Advice]]:
    """Return the commonest names of `counts` with their words."""
    return [(name, count, advice_on(name)) for name, count in Counter(counts).most_common(most) if count]
