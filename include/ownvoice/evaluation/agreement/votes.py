"""What raters say of pairs, "chosen", "rejected" or "tie" of each, and how far one says what the others say. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from ownvoice.evaluation.agreement.chance import kappa
from ownvoice.evaluation.agreement.corrected import Share, corrected_win_rate
from ownvoice.evaluation.agreement.estimate import Estimate, wilson
from ownvoice.evaluation.agreement.ratings import Rating

Votes = Mapping[str, str]
"""What one rater says of each pair, by pair id."""
Counts = dict[str, Counter[str]]
"""How many raters say what of each pair."""


def counted(of_each: Iterable[Votes]) -> Counts:
    """Return how many raters say what of each pair."""
    said: Counts = defaultdict(Counter)
    for votes in of_each:
        for pair_id, value in votes.items():
            said[pair_id][value] += 1
    return said


def majority(said: Counts, of: Iterable[str], but: Votes = MappingProxyType({})) -> Votes:
    """Return what most say of these pairs, leaving one rater's votes out; a pair without a majority is left out."""
    found: dict[str, str] = {}
    for pair_id in of:
        counts = said.get(pair_id, Counter[str]()) - Counter([but[pair_id]] if pair_id in but else [])
        first, second = [*counts.most_common(2), ("", 0), ("", 0)][:2]
        if first[1] > second[1]:
            found[pair_id] = first[0]
    return found


def agreement(own: Votes, others: Votes) -> Estimate | None:
    """Return the kappa of a rater with `others` over the pairs that both decided."""
    both = [Rating(rater, *vote) for rater, votes in (("own", own), ("others", others)) for vote in votes.items()]
    return kappa(both, "own", "others")


def chosen_won(own: Votes) -> Estimate | None:
    """Return in what share of its decisive votes a rater is for the chosen answer, with Wilson's interval."""
    said = Counter(own.values())
    return wilson(said["chosen"], said["chosen"] + said["rejected"])


def chosen_won_by_people(own: Votes, people: Votes) -> Estimate | None:
    """Return a judge's share for the chosen answer as people would have found it.

    It is corrected by how often the judge was for the chosen answer where people were, and for the rejected one where
    they were for that. None where they never met on both kinds.
    """
    decided = {pair_id: said for pair_id, said in own.items() if said != "tie"}

    def hits(answer: str) -> Share:
        met = [decided[pair_id] for pair_id, said in people.items() if said == answer and pair_id in decided]
        return Share(met.count(answer), len(met))

    judged = Share(Counter(decided.values())["chosen"], len(decided))
    return corrected_win_rate(judged, hits("chosen"), hits("rejected"))
