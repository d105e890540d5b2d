"""The fixed questions, answered by the base and by the trained model, side by side."""

from __future__ import annotations

from typing import Any

from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.result import Sample
from ownvoice.training.trainer.prompts import prompt_text

QUESTIONS = (
    "Write a paragraph to introduce supervised fine-tuning.",  # the chapter's own
    "Explain in one paragraph why backups have to be restored from time to time.",
    "Write the opening of a blog post about a mistake that taught you something.",
    "Give a colleague advice on reviewing a change that is too large.",
)


def answer_questions(model: Any, tokenizer: Any, recipe: TrainingRecipe) -> list[Sample]:
    """Answer every fixed question twice, with the likeliest token each time so that only the weights differ."""
    answers = []
    for question in QUESTIONS:
        trained = _answer(model, tokenizer, question, recipe)
        with model.disable_adapter():
            base = _answer(model, tokenizer, question, recipe)
        answers.append(Sample(question, base, trained))
    return answers


def _answer(model: Any, tokenizer: Any, question: str, recipe: TrainingRecipe) -> str:
    import torch

    inputs = tokenizer(
        prompt_text(question, tokenizer, recipe.prompt_template, recipe.base_model), return_tensors="pt"
    ).to(model.device)
    with torch.no_grad():
        tokens = model.generate(
            **inputs, max_new_tokens=recipe.sample_tokens, do_sample=False, pad_token_id=tokenizer.pad_token_id
        )
    return str(tokenizer.decode(tokens[0, inputs["input_ids"].shape[1] :], skip_special_tokens=True)).strip()
