"""English beginnings."""

from __future__ import annotations

from ownvoice.pairs.back_references.patterns import any_of, beginning

_COMMA = r"\s*[,.!:;—–]"

_CONNECTIVES = any_of(
    "but and or nor yet so then also thus hence therefore however nevertheless nonetheless moreover furthermore",
    "additionally consequently accordingly otherwise likewise meanwhile conversely thereby alternatively plus",
)
_WITH_A_COMMA = any_of(
    "still instead besides similarly rather again indeed next second third fourth secondly thirdly finally lastly",
    "specifically here there yes no nope exactly regardless subsequently afterwards afterward later",
    "better yet, in particular, in turn, in addition, in contrast, by contrast, in comparison, in other words,",
    "in short, in fact, as such, after all, even so",
    "even then, even worse, even better, worse still, more importantly",
    "more specifically, more precisely, more concretely",
    "what's more, what is more, at the same time, to this end",
    "to that end, as before, that said, this said, as above",
)
"""Only the comma tells them from "Still life", "Instead of a server" and "Second place"."""
_PHRASES = any_of(
    "for example, for instance, on the other hand, on the contrary, on top of that, as a result, as a consequence",
    "for this reason, for that reason, for these reasons, for those reasons, for the same reason, this way, that way",
    "in this way, in that way, in the same way, in this case, in that case, in these cases, in such cases",
    "in this sense, having said that, that being said, this being said",
    "at this point, at that point, by then, until then",
    "since then, ever since, not only that, all the same",
    "the same goes, the same applies, the same is true, same goes",
    "with this in mind, with that in mind, as you can see, as we can see, as we saw, the aforementioned",
)
_PRONOUNS = any_of("he she they his her hers him them their theirs its itself themselves")

_AUXILIARIES = any_of(
    "is was are were has have had does do did will would can could may might must should shall cannot isn't wasn't",
    "aren't weren't hasn't haven't hadn't doesn't don't didn't won't wouldn't can't couldn't shouldn't mustn't",
)
_ADVERB = r"(?:\w+ly|also|still|often|always|never|just|even|then|not|only|now|again|too)"
_THIRD_PERSON = r"(?!\w*(?:ss|us|is|ias)\b|(?:series|news|lens|canvas|atlas|gas|times)\b)[a-z]+s\b"
_PAST = any_of(
    "gave made led meant came took went got helped allowed worked changed caused required showed happened became",
    "seemed enabled resulted said kept left let brought proved turned",
)
_PLURAL_VERBS = any_of(
    "allow apply bring come create depend differ enable ensure form give go help include involve lead look make mean",
    "need offer provide range represent require run seem serve show take tell tend vary work all",
)
_CONTRACTED_OR_MARK = r"'(?:s|ll|d|re|ve)\b|\s*[,;:.!?—–]"
_VERB_AFTER_ONE = rf"(?:{_ADVERB}\s+)*(?:{_AUXILIARIES}|{_PAST}|in turn|alone|and)\b|(?:{_ADVERB}\s+)*{_THIRD_PERSON}"
_VERB_AFTER_MANY = rf"(?:{_AUXILIARIES}|{_PLURAL_VERBS}|in turn)\b|{_ADVERB}\s+{_PLURAL_VERBS}\b"
_DEMONSTRATIVE = (
    rf"(?:(?:this|that)(?={_CONTRACTED_OR_MARK}|\s+(?:{_VERB_AFTER_ONE}))"
    rf"|(?:these|those)(?={_CONTRACTED_OR_MARK}|\s+(?:{_VERB_AFTER_MANY})))"
)
"""Without its noun: a verb, an adverb or a mark follows. What ends in "s" behind "this" is a verb in most cases."""

_OBJECT = (
    rf"(?:{_DEMONSTRATIVE}|(?:it|them|him|so)\b|(?:this|that|these|those)(?=\s*[,;.]|\s+(?:we|you|i|they|the|a)\b))"
)
_AMOUNTS = any_of("all both each some many most none one two three neither either any few several much half")
_BEFORE_OBJECT = any_of(
    "because of, due to, thanks to, despite, in spite of, after, before, with, without, from, like, unlike, besides",
    "given, based on, apart from, beyond, by, by doing",
    "doing, in doing, to do, to avoid, to achieve, to fix, to solve",
    "to prevent, to get, to understand, to prove, to show, to handle, to support, to address",
)
_AS_TOLD = (
    r"as\s+(?:(?:we|i|you|already|just|was|has|have|been|it|is)\s+)*"
    rf"{any_of('mentioned discussed noted said stated explained described shown seen outlined')}"
    r"(?=[^,]*\b(?:above|before|earlier|previous|previously|already)\b|\s*,)"
)

POINTS_BACK = beginning(
    rf"{_CONNECTIVES}\b(?!-|/)",
    rf"{_WITH_A_COMMA}{_COMMA}",
    rf"{_PHRASES}\b",
    rf"{_PRONOUNS}\b",
    r"it(?:\b(?!-)|'(?:s|ll|d)\b)",
    _DEMONSTRATIVE,
    r"such\b(?!\s+as\b)",
    r"the\s+(?:latter|former|above|foregoing)\b",
    _AS_TOLD,
    r"which\s+(?:is|was|means|brings|makes|leads|leaves)\b(?!.*\?\s*$)",
    rf"{_AMOUNTS}\s+of\s+{_OBJECT}",
    rf"(?:both|neither|either)\s+{_AUXILIARIES}\b",
    rf"{_BEFORE_OBJECT}\s+{_OBJECT}",
)

_IS = any_of(
    "is, was, isn't, wasn't, will be, would be, can be",
    "could be, may be, might be, has been, becomes, feels, seems, looks",
)
_IT_IS = rf"it(?:'s|'ll be|\s+{_IS})"
_DEGREE = any_of(
    "not n't also often always never still quite very too much more really just only usually sometimes probably even",
    "especially particularly almost now generally then far extremely incredibly therefore thus",
)
_JUDGED = any_of(
    "worth worthwhile important necessary essential crucial vital critical possible impossible easy easier hard",
    "harder difficult tempting useful helpful good better best bad",
    "worse tough tricky fun nice great wise common uncommon",
    "safe fair interesting advisable reasonable convenient natural",
    "normal rare simple simpler imperative challenging enough",
    "ok okay fine right wrong straightforward clear unclear",
    "obvious true time customary recommended strange funny odd",
    "no secret, no wonder, no surprise, no coincidence, a pity, a shame, a pleasure, a good idea, a bad idea",
    "a mistake, a myth, a matter, a fact, best practice, good practice, well known, up to",
)
_CLAUSE = any_of("to not that for how why if when whether what who where which of we you i as")
_NO_NOUN = r"(?!(?:an?|the|our|my|so|such|used|able|meant|one|something)\b)[\w'-]+"
_FILLER = (
    rf"(?:\s+{any_of('just simply also still often usually really may might would could can will does did not')})*"
)
_IMPERSONAL = any_of(
    "turns out, turned out, seems that, seems like",
    "seems as if, seems to me, appears that, happens that, follows that",
    "goes without saying, remains to be, pays to, helps to, makes sense to, makes sense that, makes no sense to",
    "makes little sense to, makes no difference whether, matters how, matters what, matters that, matters whether",
    "depends on what, depends on how, depends on whether, is said that, rains, rained, snows, strikes me, came as no",
)

STANDS_ALONE = beginning(
    rf"{_IT_IS}(?:\s+{_DEGREE})*\s+{_JUDGED}\s*,?\s+(?:{_CLAUSE}|\w+ing)\b",  # it is easy to see
    rf"{_IT_IS}(?:\s+{_NO_NOUN}){{1,3}},?\s+(?:that|whether|how|why)\b",  # it is often said that
    rf"{_IT_IS}(?:\s+{_DEGREE})*\s+(?:the|our|my|your|not|only)\b[^,.;]*\b(?:that|who)\b",  # it is the reader who
    rf"{_IT_IS}\s+(?:(?:in|on|at|since|during)\s+)?(?:the year\s+)?\d{{4}}\b",
    r"it(?:'s|\s+(?:has|had|is|was))(?:\s+been)?(?:\s+[\w-]+){1,4}\s+(?:since|ago)\b",
    rf"it{_FILLER}\s+{_IMPERSONAL}\b",
    rf"it{_FILLER}\s+(?:takes|took)\s+(?:[\w'-]+\s+){{1,6}}to\b",
    r"(?:he|she|they|those)\s+who\b",
    r"(?:so[- ]called|so long as|also (?:known|called)|as such a|second[- ]hand)\b",
    r"either\b.*\bor\b|both\b.*?\band\b",
)
"""The "it" that stands for nothing, and words that look like a connective and are none."""
