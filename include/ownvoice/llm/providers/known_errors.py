"""What servers that speak OpenAI's API call each kind of error: the one table of it.

An error is known by its code, or by its words where a server has no code of its own for it. Each entry was met; the
examples with their sources are `tests/recorded/endpoint_errors.json`. Rows are tried in order, codes before words.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from ownvoice.llm.providers.provider import Meaning


@dataclass(frozen=True, slots=True)
class Known:
    """One meaning: the codes for it, in lower case, and a pattern of the words for it."""

    meaning: Meaning
    codes: frozenset[str]
    words: re.Pattern[str]


def _known(meaning: Meaning, codes: str, words: str) -> Known:
    return Known(meaning, frozenset(codes.split()), re.compile(words, re.IGNORECASE | re.VERBOSE))


KNOWN: tuple[Known, ...] = (
    _known(
        Meaning.MODERATED,
        # OpenAI; Azure; Alibaba
        """content_filter content_policy_violation moderation_blocked responsibleaipolicyviolation
        data_inspection_failed contentpolicyviolationerror prohibited_content""",
        r"""content\ management\ policy  # Azure
        | contentpolicyviolationerror  # LiteLLM
        | content\ policy | usage\ (policy|policies|guidelines)  # OpenAI, xAI
        | (input|prompt|content|request)\ (was|has\ been|is)\ flagged  # OpenRouter, OpenAI
        | content\ exists\ risk | inappropriate\ content  # DeepSeek, Alibaba
        | (violated?|blocked\ by)\ .{0,40}guardrail  # LiteLLM, Bedrock
        """,
    ),
    _known(
        Meaning.CONTEXT_TOO_LONG,
        "context_length_exceeded exceed_context_size_error context_window_exceeded string_above_max_length 3051",
        r"""maximum\ context\ length  # OpenAI, vLLM, OpenRouter, SGLang, Mistral
        | exceeds?\ (the\ )?(available\ |model'?s?\ )*context\ (size|window|length)  # llama.cpp, llama-cpp-python
        | context\ size\ has\ been\ exceeded  # llama.cpp, while it answers
        | when\ (the\ )?context\ (the\ )?overflows | greater\ than\ the\ context\ length  # LM Studio
        | max_tokens\ must\ be\ at\ least\ 1,\ got  # older vLLM: what the prompt leaves of the context
        | longer\ than\ the\ (maximum\ model|model's\ context)\ length  # vLLM, SGLang
        | input\ token\ count\ .{0,60}exceeds\ the\ maximum  # Google
        | too\ large\ for\ model\ with  # Mistral
        | contextwindowexceedederror  # LiteLLM
        | tokens\ \+\ `?max_new_tokens`?\ must\ be  # Text Generation Inference
        | (prompt|input)\ is\ too\ long | reduce\ the\ length\ of\ (the|your)  # Bedrock, Groq
        """,
    ),
    _known(
        Meaning.QUOTA_SPENT,
        """insufficient_quota insufficient_balance insufficient_credits billing_hard_limit_reached billing_not_active
        exceeded_current_quota_error budget_exceeded""",
        r"""requires\ more\ credits | insufficient\ (account\ )?(balance|credits?|funds)  # OpenRouter, DeepSeek
        | key\ limit\ exceeded | credit\ balance\ is\ too\ low  # OpenRouter, Anthropic behind a gateway
        | budget\ has\ been\ exceeded | exceeded\ ?budget | (over|crossed)\ budget  # LiteLLM
        """,
    ),
    _known(
        Meaning.KEY_REFUSED,
        """invalid_api_key api_key_invalid no_db_connection token_not_found_in_db expired_key
        authentication_error unauthenticated""",
        r"""api\ key\ (not\ valid|expired|not\ found) | (invalid|incorrect|malformed|missing)\ api\ key  # Google, Groq
        | authentication\ error,? | authenticationerror | no\ connected\ db  # LiteLLM
        | no\ auth\ credentials | invalid\ (subscription\ key|proxy\ server\ token)  # OpenRouter, Azure, LiteLLM
        """,
    ),
    _known(
        Meaning.MODEL_UNKNOWN,
        "model_not_found model_decommissioned deploymentnotfound operationnotsupported invalid_model 1500",
        r"""invalid\ model(\ name|:|\ ["'`]) | not\ a\ valid\ model | model\ not\ exist  # LiteLLM, Mistral, DeepSeek
        | model\ \S{1,120}\ (was\ |is\ )?(not\ found|not\ exist|unknown)  # Ollama
        | model\ \S{1,120}\ (does\ not\ exist|has\ been\ decommissioned)  # vLLM, Groq
        | no\ models?\ (is\ |are\ )?loaded | failed\ to\ load\ model  # LM Studio
        """,
    ),
    _known(
        Meaning.ADDRESS_UNKNOWN,
        "unknown_url",
        r"unexpected\ endpoint\ or\ method | api\ version\ not\ supported",  # LM Studio, inside a 200; Azure
    ),
    _known(
        Meaning.NOT_ALLOWED,
        "unsupported_country_region_territory permission_denied",
        r"user\ location\ is\ not\ supported | country,\ region,\ or\ territory\ not\ supported",  # Google, OpenAI
    ),
    _known(
        Meaning.RATE_LIMITED,
        "rate_limit_exceeded resource_exhausted service_tier_capacity_exceeded",
        r"requests?\ rate\ limit\ exceeded | ratelimiterror",  # Mistral, LiteLLM
    ),
    _known(
        Meaning.OVERLOADED,
        "overloaded overloaded_error unavailable unavailable_error capacity_exceeded",
        r"model\ is\ (currently\ )?overloaded | loading\ model",  # Google, llama.cpp
    ),
)

_ALSO_BY_WORDS_OF_A_SERVER_ERROR = frozenset({Meaning.CONTEXT_TOO_LONG, Meaning.OVERLOADED})
_OF_A_LIMIT = frozenset({Meaning.QUOTA_SPENT, Meaning.RATE_LIMITED, Meaning.OVERLOADED})

STATUS_OF: dict[Meaning, int] = {
    Meaning.MODERATED: 403,
    Meaning.CONTEXT_TOO_LONG: 400,
    Meaning.QUOTA_SPENT: 402,
    Meaning.KEY_REFUSED: 401,
    Meaning.MODEL_UNKNOWN: 404,
    Meaning.ADDRESS_UNKNOWN: 404,
    Meaning.NOT_ALLOWED: 403,
    Meaning.RATE_LIMITED: 429,
    Meaning.OVERLOADED: 503,
}
"""The HTTP status that an error would have had, for one inside a response of status 200 that names none."""


def meaning_of(status: int, codes: Collection[str], words: str) -> Meaning | None:
    """Return what an error means by its codes (in lower case) and words; None where it is not known.

    What is too large for one request (413) is too long, whatever limit is quoted; too many requests (429) are a limit.
    The words of a server that failed (500 and above) may be of any program behind it: few of them count.
    """
    if status == 413:
        return Meaning.CONTEXT_TOO_LONG
    by_code = [known.meaning for known in KNOWN if not known.codes.isdisjoint(codes)]
    by_words = [known.meaning for known in KNOWN if known.words.search(words)]
    if status >= 500:
        by_words = [meaning for meaning in by_words if meaning in _ALSO_BY_WORDS_OF_A_SERVER_ERROR]
    found = [meaning for meaning in (*by_code, *by_words) if status != 429 or meaning in _OF_A_LIMIT]
    return found[0] if found else None
