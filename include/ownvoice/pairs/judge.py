"""The judgement on one triple: a proved pair, or the reason why not."""

from __future__ import annotations

from ownvoice.config.recipe import GenerationRecipe
from ownvoice.pairs.filters import Candidate, first_reason
from ownvoice.pairs.proof import ArticleText, Proof, prove
from ownvoice.pairs.reading import Reading
from ownvoice.pairs.reasons import DropReason
from ownvoice.triples.triple import Triple


def judge(
    triple: Triple, chunk: Reading, chunk_start: int, article: ArticleText, recipe: GenerationRecipe
) -> tuple[Candidate, Proof] | DropReason:
    """Prove the quote, then put the candidate through every filter; `chunk_start` is an offset into the reading."""
    proof = prove(triple.extracted_answer, chunk, chunk_start, article)
    if isinstance(proof, DropReason):
        return proof
    rejected = None if recipe.rejected_by else triple.generated_answer.strip()
    candidate = Candidate(triple.instruction.strip(), proof.chosen, rejected)
    return first_reason(candidate, recipe) or (candidate, proof)
