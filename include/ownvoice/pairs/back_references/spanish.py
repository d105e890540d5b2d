"""Spanish beginnings. "Su" is left out: it may be the reader's, whom a sentence may always speak to."""

from __future__ import annotations

from ownvoice.pairs.back_references.patterns import any_of, beginning

_CONNECTIVES = any_of(
    "pero y e o u además también entonces luego tampoco sino asimismo igualmente finalmente así",
    "sin embargo, no obstante, por lo tanto, por tanto, por eso, por ello, por esto, por ende, por consiguiente",
    "mientras tanto, ahora bien, por ejemplo, por el contrario, por otro lado, por otra parte, por esta razón",
    "por este motivo, en cambio, en este caso, en ese caso, en consecuencia, en otras palabras, es decir, de hecho",
    "a pesar de esto, a pesar de ello, a pesar de eso, de esta forma, de esta manera, de este modo, dicho esto",
    "como resultado, lo anterior, lo mismo, lo cual, como se mencionó, como dijimos, como vimos, como mencionamos",
)
_PRONOUNS = any_of("él ella ellos ellas esto eso aquello éste ésta éstos éstas ambos ambas", "este último, esta última")
_VERBS = any_of(
    "es son fue fueron era eran será serán ha han había puede pueden podría permite permiten significa hace hacen",
    "ayuda ayudan lleva requiere incluye incluyen no se también",
    "implica sucede ocurre explica demuestra muestra da dan nos",
    "me sería tiene tienen supone está están",
)

POINTS_BACK = beginning(
    rf"{_CONNECTIVES}\b(?!/)",
    rf"{_PRONOUNS}\b",
    rf"(?:est|es)(?:e|a|os|as)(?=\s+{_VERBS}\b|\s*[,;:.])",
)

STANDS_ALONE = beginning(r"así\s+como\b", r"amb[oa]s\s+\w+\s+y\b")
"""What begins like a connective and is none."""
