"""What each failure, fault and drop reason means, and what a person does about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from ownvoice.llm.completion import Fault
from ownvoice.llm.failures import Failure
from ownvoice.llm.response import MAX_RESPONSE_BYTES
from ownvoice.pairs.filters import drop_reasons


@dataclass(frozen=True, slots=True)
class Advice:
    """A name in words, and what to do about it."""

    meaning: str
    what_to_do: str


_ENDPOINT = "the Airflow connection that the recipe names (llm_api, unless it says another)"

ADVICE: dict[str, Advice] = {
    Failure.CONTEXT_TOO_LONG: Advice(
        "The chunk and its answer do not fit into the model's context.",
        "Nothing, if the chunk can be divided: the next run cuts it in two. Otherwise lower the recipe's "
        "max_output_tokens, or use a model with a longer context.",
    ),
    Failure.BAD_REQUEST: Advice(
        "The endpoint refused this one request, and answered others.",
        "Read what the endpoint says of it (`ownvoice chunks`), and look at the chunk: its subject may be refused. "
        "Other chunks are not affected.",
    ),
    Failure.RATE_LIMITED: Advice(
        "The account's rate limit was reached.",
        "Set OWNVOICE_REQUESTS_PER_MINUTE and OWNVOICE_TOKENS_PER_MINUTE to the account's limits, or raise the limits.",
    ),
    Failure.TIMED_OUT: Advice(
        "The endpoint did not answer in time.",
        "If it is frequent, raise OWNVOICE_REQUEST_TIMEOUT_S or lower OWNVOICE_MAX_REQUESTS_IN_FLIGHT.",
    ),
    Failure.QUEUED: Advice(
        "The request timed out behind others of the same task, which are fewer since.",
        "Nothing, if it passes. If it is frequent, lower OWNVOICE_MAX_REQUESTS_IN_FLIGHT, or "
        "OWNVOICE_MAX_ACTIVE_GENERATION_TASKS where several tasks share one small server.",
    ),
    Failure.HUNG: Advice(
        "The request took far longer than all others and was cut.",
        "Nothing, if it passes. If it is frequent, look at what stands between here and the endpoint.",
    ),
    Failure.NOT_CONNECTED: Advice(
        "The endpoint could not be reached.", f"Check the host of {_ENDPOINT}, the network and any proxy."
    ),
    Failure.CONNECTION_LOST: Advice(
        "The connection broke before the answer was complete.",
        "Nothing, if it is rare; otherwise check the network and any proxy.",
    ),
    Failure.SERVER_ERROR: Advice(
        "The endpoint failed (HTTP 5xx).",
        "Nothing, if it passes; otherwise look at the endpoint's status page.",
    ),
    Failure.NOT_A_COMPLETION: Advice(
        "The response is not a chat completion.",
        f"Check the host of {_ENDPOINT}: it usually ends in /v1, and must not lead to a login page.",
    ),
    Failure.RESPONSE_TOO_LONG: Advice(
        f"The response is longer than the {MAX_RESPONSE_BYTES:,} bytes that are read of one.",
        f"No model's answer is that long: check the host of {_ENDPOINT}, and any proxy.",
    ),
    Failure.ERROR_IN_ANSWER: Advice(
        "The endpoint answered with status 200 and an error inside.",
        "Nothing, if it passes; otherwise look at the status page of the endpoint or of the models behind it.",
    ),
    Failure.BATCH_EXPIRED: Advice(
        "The batch job did not end within the endpoint's time limit.",
        "Nothing: the chunks stay pending, and the next run asks about them.",
    ),
    Failure.BATCH_CANCELLED: Advice(
        "The batch job was cancelled at the endpoint.",
        "Nothing: the chunks stay pending, and the next run asks about them.",
    ),
    Failure.BATCH_LINE_MISSING: Advice(
        "The batch job ended, and neither of its files has an answer or an error for the chunk.",
        "Nothing: the chunk stays pending, and the next run asks about it.",
    ),
    Fault.TRUNCATED: Advice(
        "The answer was cut off at the maximum length.",
        "Twice the recipe's max_output_tokens was allowed: raise it, or lower max_chunk_chars for shorter answers.",
    ),
    Fault.ENDLESS: Advice(
        "The answer ran into white space or repeated itself until it was cut off.",
        "If it is frequent, use another model or a temperature above 0; with json_schema, ask without it.",
    ),
    Fault.REFUSED: Advice("The model or its moderation declined.", "Look at the chunk; another model may answer."),
    Fault.EMPTY: Advice(
        "The answer holds no triple; an answer of the second model, no text.",
        "Nothing, if another try gave triples. Otherwise the chunk may hold little to ask about; try another model.",
    ),
    Fault.BAD_JSON: Advice(
        "The answer is not valid JSON.",
        "If it is frequent, set the recipe's response_format to json_schema, or use another model.",
    ),
    Fault.WRONG_SHAPE: Advice(
        "The JSON does not have the shape that the prompt asks for.",
        "If it is frequent, set the recipe's response_format to json_schema, or use another model.",
    ),
}

_UNKNOWN = Advice("This version of Ownvoice does not know this name.", "Look at the chunks that have it.")


def advice_on(name: str) -> Advice:
    """Return the advice on a failure, fault or drop reason; an unknown name, as of another version, is no error."""
    drops = {reason.name: Advice(reason.meaning, reason.what_to_do) for reason in drop_reasons()}
    return ADVICE.get(name) or drops.get(name, _UNKNOWN)


def commonest(counts: Mapping[str, int], most: int = 3) -> list[tuple[str, int, Advice]]:
    """Return the most frequent names of `counts`, each with its count and advice."""
    return [(name, count, advice_on(name)) for name, count in Counter(counts).most_common(most) if count]
