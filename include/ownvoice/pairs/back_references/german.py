"""German beginnings. "Sie" and "Ihr" are left out: they may be the reader, whom a sentence may always speak to."""

from __future__ import annotations

from ownvoice.pairs.back_references.patterns import any_of, beginning

_CONNECTIVES = any_of(
    "aber und oder doch jedoch dennoch trotzdem deshalb daher darum deswegen also außerdem zudem dann danach dabei",
    "dadurch dafür dagegen daran darauf daraus davon",
    "dazu hingegen allerdings somit folglich ebenso stattdessen sonst",
    "ansonsten denn demnach demzufolge infolgedessen hierbei hierfür hierzu damals gleichzeitig andernfalls",
    "schließlich anschließend derweil andererseits beispielsweise nichtsdestotrotz",
)
_PHRASES = any_of(
    "darüber hinaus, zum beispiel, im gegensatz dazu, im gegenteil, auf der anderen seite, mit anderen worten",
    "aus diesem grund, aus diesen gründen, in diesem fall, in diesem sinne, auf diese weise, trotz alledem, und zwar",
    "wie gesagt, wie erwähnt, wie oben, wie bereits",
)
_PRONOUNS = any_of("er ihm ihn ihnen seine seinen seinem seiner beides es")
_ADJECTIVES = r"(?:letzter|erster|solch|derartig)e[mnrs]?"
_VERBS = any_of(
    "ist sind war waren wird werden wurde wurden hat haben hatte hatten kann können konnte konnten muss müssen soll",
    "sollte sollten darf mag würde bedeutet heißt hieß macht",
    "machen führt führte geht ging gilt gelten liegt lag zeigt",
    "zeigte hilft helfen sorgt ermöglicht erlaubt gibt gab",
    "bringt reicht klingt stimmt lässt nennt setzt spart kostet",
    "passiert geschieht funktioniert sieht verhindert erfordert bietet bieten",
)

POINTS_BACK = beginning(
    rf"{_CONNECTIVES}\b(?!-|/)",
    rf"{_PHRASES}\b",
    rf"{_PRONOUNS}\b",
    rf"{_ADJECTIVES}\b",
    rf"(?:das|die|der|dies|diese[mnrs]?|jene[mnrs]?)(?=\s+{_VERBS}\b|\s*[,;:.!?—–])",
)

_ES_VERBS = any_of(
    "gibt gab gäbe geht ging kommt scheint schien bleibt lohnt heißt hieß dauert dauerte regnet regnete schneit",
    "handelt empfiehlt gilt reicht genügt hilft stellt zeigt stimmt braucht fehlt liegt folgt sei darf bedarf",
)
_CLAUSE = any_of("dass ob wie wann warum wenn als was wo zu um klar zeit sinn einmal")

STANDS_ALONE = beginning(
    rf"es\s+{_ES_VERBS}\b",
    rf"es\s+(?:ist|war|wäre|wird|wurde|kann|könnte|sollte|muss|soll|hat|fällt|macht|lässt|steht)\b.*\b(?:{_CLAUSE}|\w+zu\w+en)\b",
)
"""The "es" that stands for nothing."""
