"""docs/operations.md quotes what the product says, and the product says it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import ownvoice
from stand_ins.places import REPOSITORY

PAGE = (REPOSITORY / "docs" / "operations.md").read_text(encoding="utf-8")
QUOTES = [line.removeprefix("> ") for line in PAGE.partition("## What to do when")[2].splitlines() if line[:2] == "> "]
GAP = "..."
PLACEHOLDER = re.compile(r"\{\w*\}")


def said(tree: ast.AST) -> Iterator[str]:
    """Yield every text of a module that is no docstring, with a gap for each value in it."""
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant) else GAP for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield PLACEHOLDER.sub(GAP, node.value)


@pytest.fixture(scope="module")
def sentences():
    folder = Path(ownvoice.__file__).parent
    return {text for file in folder.rglob("*.py") for text in said(ast.parse(file.read_text(encoding="utf-8")))}


def is_said(quote: str, sentences: set[str]) -> bool:
    parts = [re.escape(part) for part in quote.split(GAP)]
    pattern = re.compile(".*".join(parts), re.DOTALL)
    return any(pattern.search(text) for text in sentences)


def test_there_are_eleven_situations_each_with_a_sentence():
    numbers = [int(number) for number in re.findall(r"^\*\*(\d+)\. ", PAGE, re.MULTILINE)]
    assert numbers == list(range(1, 12))
    assert len(QUOTES) == 11
    assert min(len(quote.replace(GAP, "")) for quote in QUOTES) > 40


@pytest.mark.parametrize("quote", QUOTES)
def test_each_quoted_sentence_is_one_that_the_product_prints(sentences, quote):
    assert is_said(quote, sentences)


@pytest.mark.parametrize("quote", QUOTES)
def test_a_sentence_with_one_other_word_is_found_out(sentences, quote):
    word = max(re.findall(r"\w+", quote), key=len)
    assert not is_said(quote.replace(word, word[::-1]), sentences)
