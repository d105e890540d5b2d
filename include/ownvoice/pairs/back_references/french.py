"""French beginnings."""

from __future__ import annotations

from ownvoice.pairs.back_references.patterns import any_of, beginning

_CONNECTIVES = any_of(
    "mais et ou donc car cependant toutefois pourtant",
    "néanmoins ainsi puis ensuite alors enfin ni sinon parallèlement",
    "inversement également effectivement finalement",
)
_PHRASES = any_of(
    "de plus, en outre, par exemple, par contre, en revanche, au contraire, par conséquent, en effet, en fait",
    "d'ailleurs, de même, du coup, pour autant, à l'inverse",
    "dans ce cas, de cette façon, de cette manière, pour cela, pour ça",
    "pour ce faire, pour cette raison, malgré cela, malgré tout, après cela, d'autre part, en conséquence",
    "c'est pourquoi, voilà pourquoi, autrement dit, comme indiqué, comme mentionné, comme expliqué, comme vu",
    "ces derniers, ces dernières, ce dernier, cette dernière",
)
_PRONOUNS = any_of(
    "il elle ils elles ceci cela ça celui-ci celle-ci ceux-ci celles-ci celui-là celle-là son sa ses leur leurs",
    "lui eux",
    "c'est, c'était, ce n'est, ce sont",
)

POINTS_BACK = beginning(
    rf"{_CONNECTIVES}\b(?!-)", r"or\s*,", rf"{_PHRASES}\b", rf"{_PRONOUNS}\b", r"tel(?:le)?s?\b(?!\s+que\b)"
)

_IMPERSONAL = any_of(
    "y a, y avait, y aura, faut, fallait, faudra, faudrait, s'agit, s'agissait, convient, semble que, suffit, pleut",
    "existe, reste, arrive, vaut, se peut, paraît, importe, fait beau, fait froid, fait chaud, va sans, manque",
)

STANDS_ALONE = beginning(
    rf"il\s+(?:n'|ne\s+)?{_IMPERSONAL}\b",
    r"il\s+(?:n'|ne\s+)?(?:est|était|sera|serait|devient|semble)(?:\s+[\w'-]+){1,3}?\s+(?:de|que)\b",
    r"il\s+(?:n'|ne\s+)?(?:est|était|sera|serait|devient|semble)(?:\s+[\w'-]+){1,3}?\s+(?:d|qu)'",
    r"(?:c'est|c'était|ce n'est|ce sont)\b[^.;]*(?:\b(?:qui|que|de)\b|\b(?:qu|d)')",
)
"""The "il" and the "ce" that stand for nothing: "il faut", "c'est le lecteur qui"."""
