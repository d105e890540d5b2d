"""The health rules that read no curve: of the data, the merge and the answers before and after."""

from __future__ import annotations

from collections.abc import Iterator

from ownvoice.states import OWN_VOICE, ProvenanceClass
from ownvoice.training.health.evidence import Evidence
from ownvoice.training.health.rule import Found, rule
from ownvoice.training.merge_types import against_rounding


@rule(panel=None, source="docs/decisions/0011-merge-to-float16.md. Half of the change is a judgement.")
def rounded_away(evidence: Evidence, least: float = 0.5) -> Iterator[Found]:
    """Warn where rounding to 16 bits took half of what a module had learned."""
    merge = evidence.merge
    if merge and merge.kept_least < least:
        reason = (
            f"rounding to {merge.dtype} kept {merge.kept_least:.0%} of the change in {merge.kept_least_module} "
            f"(median of all modules: {merge.kept_median:.0%}); {against_rounding(merge.dtype)}"
        )
        yield "warn", evidence.step() if evidence.train else 0, reason


@rule(
    panel=None,
    source="Park et al. 2024, Disentangling Length from Quality in DPO. Twice the length is a judgement.",
)
def lengths_apart(evidence: Evidence, ratio: float = 2.0) -> Iterator[Found]:
    """Warn where the answers of one side are twice as long as those of the other: length alone tells them apart."""
    lengths = evidence.lengths
    if not lengths or min(lengths.chosen, lengths.rejected) <= 0:
        return
    apart = max(lengths.chosen, lengths.rejected) / min(lengths.chosen, lengths.rejected)
    if apart >= ratio:
        longer = "chosen" if lengths.chosen > lengths.rejected else "rejected"
        reason = (
            f"the {longer} answers are {apart:.1f} times as long (median {lengths.chosen:.0f} tokens chosen, "
            f"{lengths.rejected:.0f} rejected): curves look perfect where length is all that is learned. Take rejected "
            "answers of about the length of the chosen ones"
        )
        yield "warn", evidence.step() if evidence.train else 0, reason


@rule(panel=None, source="Chapter 6 has 200 to 500 rows for an identity. The shares are judgements.")
def few_own_rows(evidence: Evidence, least: float = 0.5, most_identity: float = 0.25) -> Iterator[Found]:
    """Warn where most rows of a mixture are not the author's own text, or many only say who made the model."""
    if evidence.mixture is None or not evidence.mixture.rows:
        return
    by_class, whole = evidence.mixture.by_class(), evidence.mixture.rows
    own = sum(by_class.get(kind, 0) for kind in OWN_VOICE) / whole
    identity = by_class.get(ProvenanceClass.IDENTITY, 0) / whole
    step = evidence.step() if evidence.train else 0
    if own < least:
        reason = f"{own:.0%} of the {whole} rows are the author's own or edited by the author"
        yield "warn", step, f"{reason}: others' ways of writing may be learned instead; lower the shares of other sets"
    if identity > most_identity:
        reason = f"{identity:.0%} of the {whole} rows say only who made the model"
        yield "warn", step, f"{reason}, which 200 to 500 are enough for; lower the share of identity"


@rule(panel=None, source="The answers are greedy: where the weights say something else, one of them differs.")
def answers_unchanged(evidence: Evidence) -> Iterator[Found]:
    """Warn where every fixed question has the same answer before and after the training."""
    if evidence.answers and all(base == trained for base, trained in evidence.answers):
        reason = (
            f"the answers to all {len(evidence.answers)} fixed questions are those of the base, word for word: the "
            "training changed nothing that can be read; train longer, or raise learning_rate"
        )
        yield "warn", evidence.step() if evidence.train else 0, reason
