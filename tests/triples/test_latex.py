from __future__ import annotations

import json
import re

import pytest

from ownvoice.triples.latex import with_its_backslashes

COMMANDS = re.findall(
    r"\S+",
    r"""
\backslash \bar \because \begin{cases} \beta \beth \between \bf \bigcup \biggl \binom{n}{k} \blacksquare \bm{x} \bmod
\boldsymbol{x} \bot \bowtie \boxed{x} \breve \bullet \fbox{x} \flat \footnotesize \forall \frac{1}{2} \frak \frown
\nabla \natural \ncong \nearrow \neq \newline \ngeq \ngtr \nleq \nLeftarrow \nolimits \nonumber \norm \notin \nsubseteq
\nvdash \nwarrow \rho \rangle \rightarrow \right \rm \root \tanh \tau \tbinom \text{if} \textbf{x} \textsc{x} \tfrac
\therefore \theta \thickapprox \tilde \times \to \top \triangleq \twoheadrightarrow \uparrow \upsilon \uplus \underline
\alpha \cdot \dot \epsilon \gamma \hat \int \lambda \mu \omega \pi \quad \sum \varphi \xi \zeta
\( \) \[ \] \, \; \% \_ \{
""",
)
WORDS = re.findall(r"\w+", "a e eg i u an ag less exists mid parallel sim subset the true false no next begin to")


def read(written: str) -> str:
    return str(json.loads(with_its_backslashes(f'"{written}"'), strict=False))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_behind_one_backslash_or_two_is_that_command(command: str) -> None:
    text = f"It is {command} so."
    assert read(text) == read(text.replace("\\", "\\\\")) == text


@pytest.mark.parametrize(
    "command", [r"\nu", r"\ne", r"\neg", r"\ni", r"\not", r"\nless", r"\nexists", r"\nmid", r"\tan"]
)
def test_a_command_that_may_be_a_word_is_one_beside_other_latex_or_dollars(command: str) -> None:
    for text in (f"${command} x$", f"$x {command}$", f"\\mu {command} x", f"\\frac{{1}}{{2}} {command} x"):
        assert read(text) == text


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("escape", ["\n", "\t"])
def test_a_word_after_a_line_break_or_a_tab_is_a_word(word: str, escape: str) -> None:
    text = f"One:{escape}{word} two{escape}{word}"
    assert read(json.dumps(text)[1:-1]) == text


@pytest.mark.parametrize("text", ["\r\n", "“é”", "😀 \u2028", '"quoted" \\ and /', "a\bd\fe", "\x00\x1b"])
def test_the_escapes_of_json_stay_what_they_are(text: str) -> None:
    assert read(json.dumps(text)[1:-1]) == text


def test_an_apostrophe_needs_no_escape() -> None:
    assert read(r"It\'s so") == "It's so"
