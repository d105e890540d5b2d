"""How a sentence begins and ends in the scripts that people write in."""

from __future__ import annotations

import sys
import unicodedata

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.chunks.punctuation import (
    CLOSER,
    DOUBLE_QUOTES,
    OPENER,
    SINGLE_QUOTES,
    begins_sentence,
    ends_sentence,
)

WHOLE = {
    "English": ["“I waited.”", "‘I waited!’", '"I waited?"', "(I waited.)", "[I waited.]", "’Twas late.",
        "``Late.´´"],
    "English, speech in brackets": ["“‘Late,’ he said.”", "“She said, ‘Late.’”", "(“Late.”)", "Late?!”", "“But I—”",
        "'But I--'"],
    "French": ["«\u00a0Je pars.\u00a0»", "«\u202fJe pars\u202f!\u202f»", "« Je pars ! »", "«Je pars.»",
        "— Je pars.", "—\u00a0Je pars.", "– «\u00a0Je pars…\u00a0»", "‹ Je pars ›.", "- Je pars.",
        "À demain\u00a0?", "« Je pars ».", "“\u00a0Je pars.\u00a0”",
        "«\u00a0Il dit\u00a0: “Je pars.”\u00a0»", "(« Je pars. »)"],
    "German": ["„Ich gehe.“", "‚Ich gehe.‘", "»Ich gehe.«", "›Ich gehe.‹", "„Ich ‚gehe‘.“",
        "„Ich gehe“, sagte er."],
    "Swiss German and Swedish": ["«Ich gehe.»", "”Jag går.”", "»Jag går.»", "– Jag går."],
    "Polish, Russian and Ukrainian": ["„Idę.”", "— Иду.", "«Иду!»", "„Иду.“", "– Йду."],
    "Spanish and Portuguese": ["¿Vas?", "¡Voy!", "—¿Vas? —dijo.", "«¡Voy!»", "“¿Vas?”", "¡¿Vas?!", "―Vou."],
    "Italian and Dutch": ["«Vado.»", "“Vado.”", "‘Ik ga.’", "„Ik ga.”"],
    "Japanese": ["「行く。」", "『行く。』", "「行く」", "「行くよ……」", "『綱』と言った。", "（行く。）",
        "〝行く。〟", "\u3000行く。", "「『行く』と言った」", "――行く。", "｢行く｣", "行く！？", "【行く。】"],
    "Chinese": ["“走了。”", "‘走了。’", "「走了。」", "《书》很好。", "〈书〉很好！", "“走了……”", "——走了？",
        "（走了。）", "走了⋯⋯"],
    "Korean": ["“간다.”", "‘간다.’", "「간다.」", "《책》은 좋다.", "간다~!"],
    "Arabic, Persian and Urdu": ["«أذهب.»", "”أذهب؟“", "﴿اذهب﴾.", "— «می‌روم.»", "”میں جاتا ہوں۔“",
        "\u200fهل تذهب؟\u200f"],
    "Hebrew and Yiddish": ["״אני הולך.״", "„אני הולך.”", "״אני הולך״.", "– אני הולך!", "\u200f(אני הולך.)"],
    "Hindi, Bengali and Tamil": ["“मैं जाता हूँ।”", "‘मैं जाता हूँ॥’", "— আমি যাই।", "“நான் போகிறேன்.”"],
    "Thai and Lao": ["“ฉันไป”", "ฉันไปแล้ว", "(ຂ້ອຍໄປ)"],
    "Burmese, Khmer and Tibetan": ["“သွားမယ်။”", "«ខ្ញុំទៅ។»", "ང་འགྲོ།", "ខ្ញុំទៅ៕"],
    "Amharic, Armenian and Georgian": ["«እሄዳለሁ።»", "«Գնում եմ։»", "„მივდივარ.“", "მივდივარ!"],
    "Greek": ["«Πας;»", "Πας;", "— Πας\u037e", "«Πάω.»", "«Πας»;"],
    "Mongolian and Cherokee": ["ᠪᠢ᠃", "“Ꮎ ꭰ.”"],
}  # fmt: skip


@pytest.mark.parametrize("text", [text for texts in WHOLE.values() for text in texts])
def test_a_whole_sentence_begins_and_ends_whatever_encloses_it(text):
    assert begins_sentence(text)
    assert ends_sentence(text)


@pytest.mark.parametrize(
    "text",
    ["and so on.", "“and so on.”", "«\u00a0je pars.\u00a0»", "— dit le pilote.", "—dijo.", "…", "1. One.",
     "3.5 apples.", "- 5 apples.", "»geh!«", "”", "", "   ", "， and", ", Paul.", ". Then.", "、行く。",
     "” He left.", "» Il part.", "’ He left.", "…then.", "·Then."],
)  # fmt: skip
def test_a_text_that_begins_within_a_sentence_is_not_taken_for_one(text):
    assert not begins_sentence(text)


@pytest.mark.parametrize(
    "text",
    ["I waited", "“I waited,”", "«\u00a0Je pars,\u00a0»", "「行く。」と", "行く、", "「行く", "行く」",
     "आता है", "أذهب،", "「行く、」", "I waited:", "I waited;", "(I waited)", "„Ich gehe“", "", "”",
     "Version 3.5", "See Fig. 3", "He left. “", "Er ging. „", "He left. (", "Il part. «",
     "走了，”", "—", "“What—", "He said—“"],
)  # fmt: skip
def test_a_text_that_breaks_off_is_not_taken_for_a_whole_sentence(text):
    assert not ends_sentence(text)


def test_every_bracket_and_quotation_mark_of_unicode_encloses_sentences():
    marks = [(mark, unicodedata.category(mark)) for mark in map(chr, range(sys.maxunicode + 1))]
    assert all(begins_sentence(mark + "A.") for mark, category in marks if category in {"Ps", "Pi", "Pf"})
    assert all(ends_sentence("A." + mark) for mark, category in marks if category in {"Pe", "Pi", "Pf"})


def test_every_style_of_quotes_opens_or_closes():
    both = regex.compile(f"{OPENER}|{CLOSER}", regex.V1)
    assert [mark for mark in SINGLE_QUOTES + DOUBLE_QUOTES if not both.fullmatch(mark)] == ["ʼ"]  # a letter to Unicode


def test_every_full_stop_of_unicode_ends_a_sentence():
    stops = regex.findall(r"\p{STerm}", "".join(map(chr, range(sys.maxunicode + 1))))
    assert len(stops) > 150
    assert all(ends_sentence("A" + stop) for stop in stops)


@given(st.text(alphabet="Aa.;α»« \u202f”“—。ก\n", max_size=200))
def test_what_encloses_a_text_changes_neither_its_beginning_nor_its_end(text):
    text = text.strip()
    enclosed = f"—\u00a0«\u202f({text})\u202f»"
    assert begins_sentence(enclosed) == begins_sentence(text)
    assert ends_sentence(enclosed) == ends_sentence(text)


def test_long_runs_of_marks_are_looked_at_once():
    for mark in (".", "»", "「", ".»", "; ", "α;", "α»", "— ", "ก "):
        assert not ends_sentence(mark * 200_000 + "a")
        begins_sentence(mark * 200_000)
