"""The shapes in which servers and models hand over an answer; by its name, each is a fate of a request.

Sources: the API references of OpenAI, Mistral, OpenRouter, Ollama and LiteLLM; the model cards of gpt-oss, Magistral,
Command A, Kimi and Gemma; answers of SmolLM2 and of models without a JSON mode.
"""

from __future__ import annotations

import json
import re
from typing import Any

from ownvoice.triples.triple import Triple

TRIPLE = Triple(
    'What is "true"?', "It's \\frac{1}{2} the truth, and \\beta \\nabla \\theta.", "So it is: “half” of it."
)
_ENTRY = {
    "instruction": TRIPLE.instruction,
    "generated_answer": TRIPLE.generated_answer,
    "extracted_answer": TRIPLE.extracted_answer,
}
_ANSWER = json.dumps({"preference_triples": [_ENTRY]}, ensure_ascii=False)
_DRAFT = _ANSWER.replace("What is", "A draft of")
_FOR_A_STRING = json.dumps(_ANSWER)

_TEXTS = {
    "think": f"<think>\n{_DRAFT}\n</think>\n{_ANSWER}",
    "thinking_twice": f"<thinking>{_DRAFT}</thinking>\n<reasoning>{_DRAFT}</reasoning>{_ANSWER}",
    "think_nested": f"<think>{_DRAFT}<think>{_DRAFT}</think>{_DRAFT}</think> {_ANSWER}",
    "think_named_in_think": f"<think>I close <think> in the end: {_DRAFT}</think>{_ANSWER}",
    "think_opened_by_the_template": f"{_DRAFT}\n</think>\n\n{_ANSWER}",
    "magistral": f"[THINK]{_DRAFT}[/THINK]{_ANSWER}",
    "kimi": f"◁think▷{_DRAFT}◁/think▷{_ANSWER}",
    "command_a": f"<|START_THINKING|>{_DRAFT}<|END_THINKING|>{_ANSWER}",
    "gemma": f"<|channel>thought\n{_DRAFT}<channel|>{_ANSWER}",
    "gpt_oss": (
        f"<|channel|>analysis<|message|>{_DRAFT}<|end|><|start|>assistant"
        f"<|channel|>final <|constrain|>json<|message|>{_ANSWER}<|return|>"
    ),
    "gpt_oss_without_tokens": f"analysisFirst {_DRAFT}assistantfinal{_ANSWER}",
    "fenced": f"Here it is:\n```json\n{_ANSWER}\n```\nIs there anything else?",
    "other_name": json.dumps({"triples": [_ENTRY]}),
    "bare_list": json.dumps([_ENTRY]),
    "bare_object": json.dumps(_ENTRY),
    "object_for_a_list": json.dumps({"preference_triples": _ENTRY}),
    "numbered": json.dumps({"preference_triples": {"1": _ENTRY}}),
    "within": json.dumps({"result": {"preference_triples": [_ENTRY]}}),
    "in_a_string": _FOR_A_STRING,
    "list_in_a_string": json.dumps({"preference_triples": json.dumps([_ENTRY])}),
    "entries_in_strings": json.dumps({"preference_triples": [json.dumps(_ENTRY)]}),
    "single_backslashes": _ANSWER.replace("\\\\", "\\"),
    "trailing_commas": _ANSWER.replace("}]", ",},]"),
    "python": repr({"preference_triples": [_ENTRY], "done": True, "more": None}),
    "javascript": _ANSWER.replace('"preference_triples"', "preference_triples").replace("[{", "[ // one\n{"),
    "typographic_quotes": re.sub(r'"((?:[^"\\]|\\.)*)"', r"“\1”", _ANSWER),
    "bare_quotes": _ANSWER.replace('\\"', '"'),
}
_MESSAGES: dict[str, dict[str, Any]] = {
    "text_parts": {"content": [{"type": "text", "text": _ANSWER[:50]}, {"type": "text", "text": _ANSWER[50:]}]},
    "output_text_part": {"content": [{"type": "output_text", "text": _ANSWER, "annotations": []}]},
    "thinking_part": {
        "content": [
            {"type": "thinking", "thinking": [{"type": "text", "text": _DRAFT}]},
            {"type": "text", "text": _ANSWER},
        ]
    },
    "content_object": {"content": {"type": "text", "text": _ANSWER}},
    "in_reasoning_content": {"content": None, "reasoning_content": _ANSWER},
    "in_reasoning": {"content": "", "reasoning": f"```json\n{_ANSWER}\n```"},
    "in_reasoning_list": {"content": "\n", "reasoning": json.dumps([_ENTRY])},
    "in_reasoning_after_thought": {"content": None, "reasoning": f"<think>{_DRAFT}</think>{_ANSWER}"},
    "in_reasoning_details": {"content": "", "reasoning_details": [{"type": "reasoning.text", "text": _ANSWER}]},
    "in_thinking_part": {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": _ANSWER}]}]},
    "in_a_tool_call": {"content": None, "tool_calls": [{"function": {"name": "json", "arguments": _ANSWER}}]},
    "beside_reasoning": {"content": _ANSWER, "reasoning": _DRAFT, "reasoning_content": _DRAFT},
}
GOOD_SHAPES: dict[str, dict[str, Any]] = {name: {"content": text} for name, text in _TEXTS.items()} | _MESSAGES
"""Messages out of which `TRIPLE` is read."""

UNUSABLE_SHAPES: dict[str, tuple[dict[str, Any], str]] = {
    "think_unclosed": ({"content": f"<think>{_DRAFT}"}, "stop"),
    "gpt_oss_unfinished": ({"content": f"<|channel|>analysis<|message|>{_DRAFT}"}, "stop"),
    "draft_in_reasoning": ({"content": None, "reasoning": f"First a draft: {_DRAFT}"}, "stop"),
    "refusal_part": ({"content": [{"type": "refusal", "refusal": "No."}]}, "stop"),
    "blanks": ({"content": "\n \t" * 40}, "length"),
    "blanks_inside": ({"content": '{"preference_triples": [' + "\n  " * 400}, "length"),
    "loop": ({"content": '{"preference_triples": [{"instruction": "' + "Awesome, " * 200}, "length"),
    "loop_of_brackets": ({"content": '{"preference_triples": ' + "[" * 300}, "length"),
    "thought_to_the_end": ({"content": None, "reasoning": "Let me see."}, "length"),
}
"""Messages without a triple, with their finish reasons."""

REJECTED_SHAPES: dict[str, str] = {
    "rejected_whole": _ANSWER.replace("\\\\", "\\"),
    "rejected_other_json": '{"preference_triples": "none"}',
    "rejected_prose": "I would rather not.",
    "rejected_empty": "",
    "rejected_cut_off": "max completion tokens reached before generating a valid document",
}
"""Answers in JSON mode that Groq finds to be no JSON, as it shows them in an error of status 400."""
