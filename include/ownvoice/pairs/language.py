"""The language of a text by its function words, for rules that know the words of four languages. Pure.

`chunks.language` judges whole articles, by a model of 100 MB that only a recipe with `languages` loads; this one is
asked about every chunk.
"""

from __future__ import annotations

from functools import lru_cache

from ownvoice.articles.near_duplicates.shingles import words

MIN_WORDS, MIN_SHARE, LEAD = 12, 0.15, 1.3
"""Of fewer words nothing is judged. Function words make up a quarter to half of a text in its language; of a text in
another, those that both languages happen to spell alike. `LEAD` is how far the first must be ahead of the second.
"""

_FUNCTION_WORDS = {
    "en": "the of and to in is that for it with as on are this be by or an from you we not can have at which but if "
    "will they was has your our more when their what how all than so i my do there been would only about just",
    "de": "der die das und in zu den ist nicht von mit sich des auf für im dem ein eine als auch es an werden aus er "
    "hat dass sie nach wird bei einer um am sind noch wie einem über so zum aber wenn nur wir ich man oder kann",
    "fr": "de la le et les des en un une du est que dans qui pour pas sur au plus par ce il ne se avec sont ou cette "
    "nous vous mais on son ses comme elle leur aux ces être fait tout même peut c l d qu n s j",
    "es": "de la que el en y los se del las un por con no una su para es al lo como más o pero sus le ha me si sin "
    "sobre este ya entre cuando todo esta ser son dos también fue había era muy hasta desde nos",
}
_NEIGHBOURS = {
    "it": "di che è e la il un a per in una sono non con si da come del le dei nel alla ma anche della più ha gli lo "
    "questo ho al i delle cui essere se dal sul cosa loro",
    "pt": "de que e o a do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das tem à seu "
    "sua ou ser quando muito há nos já está também pelo pela isso",
    "nl": "de het een van en in is dat op te voor met zijn niet aan er om ook als dan maar bij door naar je ik ze wij "
    "heeft hebben worden wordt deze dit uit nog of kan",
    "sv": "och att det som en på är av för med den till inte om ett han men var jag sig från vi så kan man när har de",
    "da": "og at det som en på er af for med den til ikke om et han men var jeg sig fra vi så kan man når har de",
}
"""Languages that share so many words with one of the four that a text in them would be taken for it."""

_LISTS = {language: frozenset(listed.split()) for language, listed in (_FUNCTION_WORDS | _NEIGHBOURS).items()}


@lru_cache(maxsize=64)
def language_of(text: str) -> str | None:
    """Return `en`, `de`, `fr` or `es` where the function words of `text` are clearly of that language, else None."""
    found = words(text)
    if len(found) < MIN_WORDS:
        return None
    hits = {language: sum(word in listed for word in found) for language, listed in _LISTS.items()}
    best, second = sorted(hits, key=lambda language: -hits[language])[:2]
    leads = hits[best] >= MIN_SHARE * len(found) and hits[best] >= LEAD * hits[second]
    return best if leads and best in _FUNCTION_WORDS else None
