"""The judgement on one triple: a proved pair, or the reason why not."""

from __future__ import annotations

from dataclasses import dataclass

from ownvoice.config.recipe import GenerationRecipe
from ownvoice.pairs.back_references import begins_with_back_reference
from ownvoice.pairs.content import content_drop
from ownvoice.pairs.filters import Candidate, first_reason
from ownvoice.pairs.language import language_of
from ownvoice.pairs.proof import ArticleText, Proof, prove
from ownvoice.pairs.reading import Reading
from ownvoice.pairs.reasons import BACK_REFERENCE, Drop, DropReason
from ownvoice.triples.prompts import CONTENT_KINDS
from ownvoice.triples.triple import Triple

_FIRST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate that passed, with its proof and whether its chosen answer points back (None: not judged)."""

    candidate: Candidate
    proof: Proof
    back_reference: bool | None


def judge(
    triple: Triple, chunk: Reading, chunk_start: int, article: ArticleText, recipe: GenerationRecipe
) -> Judged | Drop:
    """Prove the quote, then put the candidate through every filter; `chunk_start` is an offset into the reading."""
    proof = prove(triple.extracted_answer, chunk, chunk_start, article)
    if isinstance(proof, DropReason):
        return Drop(proof)
    rejected = None if recipe.rejected_by else triple.generated_answer.strip()
    candidate = Candidate(triple.instruction.strip(), proof.chosen, rejected, triple.kind)
    if reason := first_reason(candidate, recipe):
        return Drop(reason)
    language = language_of(chunk.text)
    if triple.kind in CONTENT_KINDS and (drop := content_drop(candidate.prompt, proof.chosen, chunk.text, language)):
        return drop
    points_back = begins_with_back_reference(proof.chosen, language)
    if points_back and recipe.back_references == "drop":
        return Drop(BACK_REFERENCE, " ".join(proof.chosen.split()[:_FIRST_WORDS]))
    return Judged(candidate, proof, points_back)
