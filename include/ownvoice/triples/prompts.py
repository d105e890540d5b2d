"""The prompt registry: what a model is asked about a chunk, by version.

A version is never changed once it has been used: its text is part of every request key. A new wording is a new
version.
"""

from __future__ import annotations

from dataclasses import dataclass

from ownvoice.errors import OwnvoiceError, SettingsError

PLACEHOLDER = "{extract}"


@dataclass(frozen=True, slots=True)
class Prompt:
    """A system message and a user message in which the chunk takes the place of `{extract}`."""

    version: str
    system: str
    user_template: str


_CHAPTER_6 = Prompt(
    version="1",
    system=(
        "You are a helpful assistant who generates instruction-answer triples based on the given context. "
        "Each triple should include an instruction, a generated answer, and an extracted answer from the context. "
        "Provide your response in JSON format."
    ),
    user_template="""\
Based on the following extract, generate five instruction-answer triples. Each triple should consist of:
1. An instruction asking about a specific topic in the context.
2. A generated answer that attempts to answer the instruction based on the context.
3. An extracted answer that is a relevant excerpt directly from the given context.
Instructions must be self-contained and general, without explicitly mentioning a context, system, course, or extract.
Important:
- Ensure that the extracted answer is a verbatim copy from the context, including all punctuation and apostrophes.
- Do not add any ellipsis (...) or [...]  to indicate skipped text in the extracted answer.
- If the relevant text is not continuous, use two separate sentences from the context instead of skipping text.
Provide your response in JSON format with the following structure:
{
    "preference_triples": [
        {
            "instruction": "...",
            "generated_answer": "...",
            "extracted_answer": "..."
        },
        ...
    ]
}
    Extract:
    {extract}
""",
)

PROMPTS: dict[str, Prompt] = {prompt.version: prompt for prompt in (_CHAPTER_6,)}
"""Every version. "1" is the prompt of chapter 6 of the LLM Engineer's Handbook, as printed there."""


def render(version: str, chunk_text: str) -> list[dict[str, str]]:
    """Return the messages of prompt `version` about `chunk_text`, in the form of a chat completion request.

    Raises `SettingsError` for an unknown version, `OwnvoiceError` where the chunk did not reach the message: the
    code that was shipped with the chapter had lost its `{extract}`, and every answer was invented.
    """
    if version not in PROMPTS:
        raise SettingsError(f"there is no prompt version {version!r}. Known versions: {', '.join(PROMPTS)}.")
    prompt = PROMPTS[version]
    user = prompt.user_template.replace(PLACEHOLDER, chunk_text)
    if chunk_text not in user:
        raise OwnvoiceError(
            f"prompt version {version!r} does not show the chunk to the model. "
            f"Put {PLACEHOLDER} into its user template; nothing was sent."
        )
    return [{"role": "system", "content": prompt.system}, {"role": "user", "content": user}]
