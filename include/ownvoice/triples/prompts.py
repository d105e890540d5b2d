"""The prompts for triples, by version.

The text of a prompt is part of every request key, so a version is never changed once it has been used; a new wording is
a new version.
"""

from __future__ import annotations

from dataclasses import dataclass

from ownvoice.errors import OwnvoiceError, SettingsError
from ownvoice.llm.request import Message

PLACEHOLDER = "{extract}"

INSTRUCTION_KINDS = ("question", "task", "summary", "opinion")
"""The kinds of instruction that a prompt may ask for, so that pairs vary.

Source: LLM Engineer's Handbook, chapter 6.
"""

CONTENT_KINDS = ("brief", "rewrite")
"""The kinds whose instruction carries the content of the quote, so that both answers say the same."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A system message, and a user message in which the chunk replaces `{extract}`.

    `kinds` are the kinds of instruction that the prompt asks for by name, if it does. Where the quote comes first, the
    model has written it before the instruction that is to carry its content.
    """

    version: str
    system: str
    user_template: str
    kinds: tuple[str, ...] = ()
    quote_first: bool = False


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

_KINDS = Prompt(
    version="2",
    system=(
        "You make writing examples out of what one person has written. An example is an instruction, your own answer "
        "to it, and the person's own words that answer it, copied exactly. You reply with a single JSON object."
    ),
    user_template="""\
Make five examples from the extract at the end. Each has four fields:

"kind": one of question, task, summary, opinion. Every kind occurs, and one of them twice.
- question: asks for a fact, a cause or an explanation.
- task: tells somebody to write, describe, compare or plan something.
- summary: asks for the essence of a subject, in a form that it names: one sentence, a few key points, a full overview.
- opinion: asks for a judgement on a subject, and for the reasons.
"instruction": what somebody might ask who will never see the extract. It names its subject in full and can be answered
without anything else at hand. It does not speak of an extract, a text, a passage, an article, an author or a course.
"generated_answer": your own answer to the instruction, in your own words and about as long as the next field.
"extracted_answer": the part of the extract that answers the instruction best, one to three whole sentences.

Copy "extracted_answer" character by character, with its punctuation, quotes and apostrophes. Change no word and mend
no mistake. Leave nothing out within a sentence and mark no gap; where two sentences belong together that do not
follow each other, copy both, one after the other. Begin at the start of a sentence and end at the end of one. Use no
part of the extract twice.

Reply in this form:
{
    "preference_triples": [
        {"kind": "...", "instruction": "...", "generated_answer": "...", "extracted_answer": "..."},
        ...
    ]
}

Extract:
{extract}
""",
    kinds=INSTRUCTION_KINDS,
)

_CONTENT = Prompt(
    version="3",
    system=(
        "You make writing examples out of what one person has written. An example is an instruction, your own answer "
        "to it, and the person's own words that answer it, copied exactly. You reply with a single JSON object."
    ),
    user_template="""\
Make five examples from the extract at the end: two of kind brief, two of kind rewrite, and one of the kind among
question, task, summary and opinion that suits the extract best. Each example has four fields; choose the
words of the person first, then write what belongs to them.

"kind": one of brief, rewrite, question, task, summary, opinion.
- brief: asks to write out key points as running text.
- rewrite: asks to say a plain paragraph again, in one's own voice.
- question: asks for a fact, a cause or an explanation.
- task: tells somebody to write, describe, compare or plan something.
- summary: asks for the essence of a subject, in a form that it names: one sentence, a few key points, a full overview.
- opinion: asks for a judgement on a subject, and for the reasons.
"instruction": what somebody might ask who will never see the extract. It names its subject in full and can be answered
without anything else at hand. It does not speak of an extract, a passage, an article, an author or a course. An
instruction of kind brief or rewrite carries all that "extracted_answer" says:
- brief: one line that asks for the text and ends with a colon; then, each on a line of its own that begins with "- ",
  every fact and every claim that "extracted_answer" makes, as key points in note form.
- rewrite: one line that asks for the rewriting and ends with a colon; then, on the next line, a paraphrase of
  "extracted_answer" in plain, neutral sentences without any manner of their own: all of its statements, none besides.
  Where "extracted_answer" says "it", "this" or "they", the points and the paraphrase name what is meant.
Points and paraphrases keep every number and every name exactly, and put everything else in other words and another
order: they never have eight words in a row in common with "extracted_answer".
"generated_answer": your own answer to the instruction and to nothing else, in your own words and about as long as
"extracted_answer"; for brief and rewrite with the same facts, none left out and none added.
"extracted_answer": one to three whole sentences of the extract that answer the instruction. They can be understood
alone: their first word does not point back, as "But", "It" and "This" do.

Copy "extracted_answer" character by character, with its punctuation, quotes and apostrophes. Change no word and mend
no mistake. Leave nothing out within a sentence and mark no gap; where two sentences belong together that do not
follow each other, copy both, one after the other. Begin at the start of a sentence and end at the end of one. Use no
part of the extract twice.

Reply in this form:
{
    "preference_triples": [
        {"kind": "...", "extracted_answer": "...", "instruction": "...", "generated_answer": "..."},
        ...
    ]
}

Extract:
{extract}
""",
    quote_first=True,
    kinds=(*CONTENT_KINDS, *INSTRUCTION_KINDS),
)

PROMPTS: dict[str, Prompt] = {prompt.version: prompt for prompt in (_CHAPTER_6, _KINDS, _CONTENT)}
"""Every prompt by its version. "1" is the prompt of chapter 6 of the LLM Engineer's Handbook, as printed there; "2"
varies the kind of instruction as well, as that chapter advises; in "3" four of five instructions
carry the content of the quote (docs/decisions/0043).
"""


def kinds_of(version: str) -> tuple[str, ...]:
    """Return the kinds of instruction that prompt `version` asks for. Raises `SettingsError` for an unknown version."""
    return prompt_of(version).kinds


def render(version: str, chunk_text: str) -> list[Message]:
    """Return the messages of prompt `version` about `chunk_text`.

    Raises `SettingsError` for an unknown version, `OwnvoiceError` where the chunk is not in the message: the code
    published with the chapter had lost its `{extract}`, and every answer to it was invented.
    """
    prompt = prompt_of(version)
    user = prompt.user_template.replace(PLACEHOLDER, chunk_text)
    if chunk_text not in user:
        raise OwnvoiceError(
            f"prompt version {version!r} does not show the chunk to the model. "
            f"Put {PLACEHOLDER} into its user template; nothing was sent."
        )
    return [{"role": "system", "content": prompt.system}, {"role": "user", "content": user}]


def prompt_of(version: str) -> Prompt:
    """Return the prompt of a version. Raises `SettingsError` for an unknown one."""
    if version not in PROMPTS:
        raise SettingsError(f"there is no prompt version {version!r}. Known versions: {', '.join(PROMPTS)}.")
    return PROMPTS[version]
