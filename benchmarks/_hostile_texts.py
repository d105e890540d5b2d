"""The inputs of `hostile.py` that come after the source: articles, quotes, answers, responses, and rows on pages."""

from __future__ import annotations

import asyncio
import gzip
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from _hostile_inputs import CASES, SENTENCE, Case, Work

sys.path.append(str(Path(__file__).parent.parent / "tests"))


def _cut(name: str, unit: str, sizes: tuple[int, int, int] = (10_000, 100_000, 1_000_000)) -> None:
    """Add an article that repeats `unit` up to a number of characters, cleaned and cut."""

    def make(size: int) -> Work:
        from ownvoice.chunks import cut_article
        from ownvoice.config.recipe import GenerationRecipe

        text = (SENTENCE + unit * (size // len(unit)))[:size]
        return lambda: f"{len(list(cut_article(text, GenerationRecipe())))} chunks"

    CASES[f"{name}, characters"] = Case("clean and cut", sizes, make, "in proportion")


for _name, _unit in {
    "prose": SENTENCE, "abbreviations": "No. ", "dot leaders": ". ", "quotes": "> ", "brackets": "[", "images": "![",
    "links": "[a](b ", "backticks": "`", "stars": "*a ", "table bars": "|a", "footnotes": "[^1]: a\n", "comments": "%%",
    "shortcodes": "{{< x ", "Liquid": "{% x ", "wiki links": "[[a|", "tags": "<a ", "JSX": "<A x={",
    "closed tags": "{{< x >}} a ", "open Liquid comments": "{% comment %}", "highlights": "==a ", "formulas": "$a ",
    "exports": "\nexport {\n\n", "components": "<Aa>\n    a\n\n", "callouts": "\n> [!a] b\n> c",
    "shortcode attributes": "[a b='c ",
    "footnotes of paragraphs": "\n[^1]: a\n\n    b\n", "admonitions": "\n!!! a\n    b\n",
    "line breaks": "\n", "quotation marks": "“", "full stops in Chinese": "。",
    "combining marks": "\u0301", "zero width": "\u200d",
}.items():  # fmt: skip
    _cut(_name, _unit)


def _locate(
    name: str,
    quote: Callable[[int], str],
    text: Callable[[int], str] = lambda _: SENTENCE * 30,
    sizes: tuple[int, int, int] = (100, 1_000, 10_000),
) -> None:
    def make(size: int) -> Work:
        from ownvoice.pairs.reading import Reading
        from ownvoice.pairs.reasons import DropReason
        from ownvoice.pairs.verbatim import locate

        reading, wanted = Reading.of(text(size)), quote(size)

        def work() -> str:
            found = locate(wanted, reading)
            return found.name if isinstance(found, DropReason) else "found"

        return work

    CASES[name] = Case("proof", sizes, make, "a quote as long as its chunk, of 64 parts")


_locate("a quote and No. n times", lambda n: SENTENCE + "No. " * n)
_locate("a quote n times", lambda n: SENTENCE * n)
_locate("half of a quote n times", lambda n: "The lamp in the harbour. " * n)
_locate("dot leaders n times", lambda n: ". " * n)

_CHUNK = (200, 2_000, 20_000)  # characters of a chunk; no chunk has more
_locate("No. in chunk and quote", lambda n: "No. " * (n // 5) + "Yes.", lambda n: "No. " * (n // 4), _CHUNK)
_locate("a word without end", lambda n: "a" * (n // 2), lambda n: "a" * n, _CHUNK)
_locate("dots in chunk and quote", lambda n: "." * (n // 2) + " B", lambda n: "." * n, _CHUNK)
_locate("accents", lambda n: "e" + "\u0301\u0327" * (n // 4), lambda n: "e" + "\u0301\u0327" * (n // 2), _CHUNK)
_locate("another style of quotes", lambda n: '"No." ' * (n // 12), lambda n: "“No.” " * (n // 6), _CHUNK)
_locate(
    "sentences backwards", lambda n: " ".join(f"S{i}." for i in range(n // 7, 0, -1)),
    lambda n: " ".join(f"S{i}." for i in range(n // 7)), _CHUNK,
)  # fmt: skip
_locate(
    "every second sentence", lambda n: " ".join(f"S{i}." for i in range(0, n // 7, 2)),
    lambda n: " ".join(f"S{i}." for i in range(n // 7)), _CHUNK,
)  # fmt: skip


def _differences(name: str, chosen: str, rejected: str) -> None:
    def make(size: int) -> Work:
        from ownvoice.pages.differences import differences

        left, right = chosen * size, rejected * size
        return lambda: f"{len(differences(left, right).left)} pieces"

    CASES[name] = Case("page of a pair", (750, 7_500, 20_000), make, "8,000 words and signs in their order")


_differences("dot leaders against others", " .", ". ")
_differences("dots among words", ". a ", "b . c ")
_differences("one word without end", "a", "a")


def _answer(name: str, text: Callable[[int], str], bound: str = "1,000,000 characters, 100 triples") -> None:
    def make(size: int) -> Work:
        from ownvoice.llm.completion import Completion
        from ownvoice.triples.parse import parse_answer

        completion = Completion(text(size))

        def work() -> str:
            answer = parse_answer(completion)
            return f"{len(answer.triples)} triples, {answer.fault.value if answer.fault else 'no fault'}"

        return work

    CASES[name] = Case("answer parser", (10_000, 100_000, 1_000_000), make, bound)


_TRIPLE = {"instruction": "Ask.", "generated_answer": "An answer.", "extracted_answer": "A quote."}
_answer("braces", lambda n: "{" * n)
_answer("nested objects", lambda n: '{"a":' * n)
_answer("backslashes", lambda n: '{"a": "' + "\\" * n)
_answer("thinking without end", lambda n: "<think>" * (n // 7))
_answer("triples", lambda n: json.dumps({"preference_triples": [_TRIPLE] * (n // 90)}))


def _response(size: int) -> Work:
    """Serve a gzip bomb of `size` bytes over a real connection, and ask the server."""
    from aiohttp import web

    from ownvoice.config.recipe import GenerationRecipe
    from ownvoice.llm.client import ModelAccess, open_client, request_completion
    from ownvoice.llm.failures import RequestFailedError
    from ownvoice.offline_model.server import serving
    from ownvoice.triples.request import request_body

    bomb = gzip.compress(bytes(size))

    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=bomb, headers={"Content-Encoding": "gzip", "Content-Type": "application/json"})

    async def ask(base_url: str) -> str:
        access = ModelAccess(api_key="none", base_url=base_url)
        async with open_client(access) as client:
            try:
                await request_completion(client, access, request_body(GenerationRecipe(), SENTENCE))
            except RequestFailedError as failed:
                return str(failed.failure.value)
        return "read"

    def work() -> str:
        app = web.Application()
        app.router.add_post("/{path:.*}", answer)
        with serving(app) as address:
            return asyncio.run(ask(address))

    return work


CASES["a gzip bomb, bytes"] = Case("response", (1 << 20, 1 << 25, 1 << 30), _response, "4 MiB decoded")


def _page_of_a_lake(name: str, ask: Callable[[Any, list[dict[str, Any]]], Any]) -> None:
    def make(size: int) -> Work:
        from ownvoice.storage.lake import Lake
        from stand_ins.pair_lake import commit_pairs, pair

        lake = Lake((Path(tempfile.mkdtemp()) / "lake").as_uri())
        rows = [pair(number, "train") | {"chosen": f"{number} " + SENTENCE * 20} for number in range(size)]
        commit_pairs(lake, rows)

        def work() -> str:
            return "shown" if ask(lake, rows) else "not shown"

        return work

    CASES[name] = Case("page", (100, 1_000, 10_000), make, "a page of rows")


def _search(lake: Any, rows: list[dict[str, Any]]) -> Any:
    from ownvoice.pages.pair_search import PairFilter
    from ownvoice.pages.pairs import pairs_page

    return pairs_page(lake, None, PairFilter("", "", "", "", "nobody wrote this"))


def _versions(lake: Any, rows: list[dict[str, Any]]) -> Any:
    from ownvoice.pages.versions import versions_page

    return versions_page(lake)


_page_of_a_lake("a search without a hit, pairs", _search)
_page_of_a_lake("versions, pairs", _versions)
