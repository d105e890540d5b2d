"""Where sentences end, in several languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.chunks.sentences import last_sentence_end, sentence_ends, sentences


@pytest.mark.parametrize(
    "parts",
    [
        ["We train LLMs.", "We buy GPUs.", "Done!"],
        ["Ask Dr. Grey, see Fig. 3, or e.g. J. R. R. Tolkien.", "Then stop."],
        ["Version 3.1. is out since 2.5 days.", "It costs $3.50."],
        ["It runs Node.js.", "It is version 3.1.", "That was 2023.", "No.", "So what?"],
        ["He said “stop.”", "(She did.)", "“Why?” he asked.", "Well…"],
        ["And so on... but not yet.", "Wait...", "What?!"],
        ["Das gilt z. B. für Dr. Müller bzw. Hrn. Maier.", "Wirklich."],
        ["他说：“你好。”", "然后走了！", "真的吗？"],
        ["मैं घर जाता हूँ।", "तुम कहाँ हो?"],
        ["هل أنت بخير؟", "نعم."],
        ["Я дома.", "Он там!"],
        ["«\u00a0Tu viens\u00a0?\u00a0» demanda-t-il.", "«\u202fOui.\u202f»", "— Bon.", "Il partit."],
        ["« Oui. »", "« Non. »", "(« Peut-être. »)", "Fin."],
        ["»Geh.«", "»Nein.«", "Er ging.", "»Nein.« sagte sie.", "„Doch.“", "‚Ja.‘", "Ende."],
        ["Er rief „Halt!“ und ging.", "Dann —Dr. Weiß kam— war Ruhe."],
        ["—¿Vas? —dijo.", "«¡Voy!»", "—Bien."],
        ["「行く。」", "『行く！』", "（行く。）", "行く。"],
        ["“走了。”", "“走了？”", "然后。"],
        ["«Πας;»", "Ναι; όχι.", "Πάω."],
        ["მივდივარ.", "მოდი!", "კარგი."],
        ["״אני הולך.״", "הוא הלך."],
        ["«أذهب.»", "ذهب."],
        ["ང་འགྲོ།", "ཁྱེད་འགྲོ།"],
    ],
)
def test_each_sentence_is_found_whole(parts):
    glue = "" if parts[-1][-1] in "？。" else " "
    text = glue.join(parts)
    assert [text[start:end] for start, end in sentences(text)] == parts


def test_a_list_number_is_no_sentence():
    assert len(sentences("1. Buy milk.\n2. Drink it.")) == 2


def test_a_line_break_ends_a_sentence_that_has_no_mark():
    assert list(sentence_ends("A heading\n\nand text")) == [9, 10]


def test_the_last_end_in_a_range_is_found_by_looking_back():
    text = "One. Two. Three and " + "so on " * 300
    assert last_sentence_end(text, 3, 1500) == 9
    assert last_sentence_end(text, 10, 1500) is None


@given(st.text(alphabet="ab .!?。\n”)3", max_size=80))
def test_sentences_hold_everything_but_white_space(text):
    spans = sentences(text)
    covered = "".join(text[start:end] for start, end in spans)
    assert "".join(covered.split()) == "".join(text.split())
    assert spans == sorted(spans)


@pytest.mark.parametrize("run", [".", ".)", "?。", ". »", "α;", "...x", ".\u00a0", "! "])
def test_a_long_run_of_marks_is_looked_at_once(run):
    """Each mark that looked through the rest of its run would take hours here."""
    text = run * 300_000
    assert sentences(text)[-1][1] == len(text.rstrip())
