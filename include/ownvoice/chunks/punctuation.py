"""Marks that begin, end and enclose sentences, in every script: what the cut, the proof and the filters share.

Brackets, quotation marks, dashes and full stops are those of Unicode's properties (UAX 29 and UAX 44, by the package
`regex`), so no list of languages is needed. The additions below are what authors use as such marks and Unicode counts
elsewhere. The patterns are for version 1 of `regex`: `regex.compile(..., regex.V1)`.
"""

from __future__ import annotations

import regex

SINGLE_QUOTES, DOUBLE_QUOTES = "'‘’‚‛ʼ‹›׳＇❛❜", '"“”„‟«»״＂〝〞〟❝❞'
"""Styles of one quotation mark: a model that copies a text may change one into another."""

WORD_JOINERS = "'’ʼ＇׳״-‐‑\u00ad"
"""What holds two halves of a word together; ״ is in Hebrew's abbreviations."""

# One mark may open in one language and close in another („German“, “English”, »Danish«, «French»), so the two overlap.
OPENER = r"[[\p{SB=Close}＂＇״׳`]--\p{Pe}]"
CLOSER = r"[[\p{SB=Close}＂＇״׳´]--\p{Ps}]"
PURE_CLOSER = rf"[{CLOSER}--\p{{Pi}}]"
DASH = "[—–―‒⸺⸻]"
"""Dashes that are not hyphens: they begin a line of dialogue."""

UNSPACED_STOP = "[。！？．｡︒︕︖﹒﹖﹗]"
"""Ends a sentence whatever follows."""
STOP = r"(?:[\p{STerm}…⋯‥།༎༏༐༑༔]|(?<=\p{Greek}[´’”»]?+)[;\u037e])"
"""Ends a sentence if white space follows; the semicolon is the question mark of Greek."""

# « Oui. » has a space before its closing mark, »Nein« none after its opening one.
SPACED_CLOSER = r"[^\S\n][»›](?=[\s,.;:!?)\]]|\Z)"

# A mark that stands apart at either end belongs to the sentence beyond it: one that closes at the beginning, one that
# opens at the end.
_LEAD = regex.compile(rf"(?:[”’»›](?!\s)|[{OPENER}--[”’»›]]|[\p{{Pd}}¿¡⸘\s\p{{Cf}}])*+", regex.V1)
_TAIL = rf"(?:{CLOSER}|\s[»›]|[\u00a0\u202f\u2009]{PURE_CLOSER}|[\p{{Cf}}\ufe0e\ufe0f])*+\s*+\Z"
_NO_COMMA = "(?<![,、，､:：])"
_ENDED = regex.compile(
    rf"""{STOP} {_TAIL}
       | (?: {DASH} | -- ) [{PURE_CLOSER}--\p{{Pe}}] {_TAIL}  # speech that is cut off
       | [\p{{Thai}}\p{{Lao}}] {_TAIL}  # they have no full stop: a space ends a sentence
       | \A \s*+ (?: 「 .* {_NO_COMMA} 」 | 『 .* {_NO_COMMA} 』 | ｢ .* {_NO_COMMA} ｣ ) \s*+ \Z  # speech needs none
    """,
    regex.V1 | regex.VERBOSE | regex.DOTALL,
)


def is_small(letter: str) -> bool:
    """Whether a character is a lower-case letter of a script that begins its sentences with a capital.

    Georgian's letters are lower-case to Unicode, but its sentences begin with them: they are their own title-case.
    """
    return letter.islower() and letter.title() != letter


def begins_sentence(text: str) -> bool:
    """Whether `text` begins with a letter that is not small, behind any opening quotes, brackets and dashes."""
    first = text[_LEAD.match(text).end() :][:1]
    return first.isalpha() and not is_small(first)


def ends_sentence(text: str) -> bool:
    """Whether `text` ends with a full stop of any script, in front of any closing quotes and brackets.

    Thai and Lao have no full stop. Speech needs none in 「」 or 『』, nor where a dash cuts it off.
    """
    return _ENDED.search(text) is not None
