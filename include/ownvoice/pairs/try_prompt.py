"""Trying a prompt on a few chunks, to see what becomes of each triple before a whole run is paid for."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from ownvoice.articles.article import Article
from ownvoice.articles.objects import list_objects
from ownvoice.articles.source import read_objects
from ownvoice.chunks import Chunk, cut_article
from ownvoice.config.generators import Route
from ownvoice.config.recipe import GenerationRecipe
from ownvoice.config.source_rules import SourceRules
from ownvoice.llm.answers import AnswerStore, completion_of
from ownvoice.llm.chunk_outcome import ChunkOutcome
from ownvoice.llm.chunk_request import ChunkRequest
from ownvoice.llm.context import RequestContext
from ownvoice.llm.endpoints import Endpoints, ask_everywhere
from ownvoice.llm.request import request_key
from ownvoice.pairs.judge import judge
from ownvoice.pairs.proof import ArticleText
from ownvoice.pairs.reading import Reading
from ownvoice.pairs.reasons import Drop
from ownvoice.storage.lake import Lake
from ownvoice.storage.stores import ObjectStore
from ownvoice.triples.parse import reader
from ownvoice.triples.request import request_body
from ownvoice.triples.triple import Triple


@dataclass(frozen=True, slots=True)
class TriedTriple:
    """A triple and the verdict on it: `kept`, or the reason why it would be dropped, with what was found there."""

    triple: Triple
    verdict: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class TriedChunk:
    """A chunk that was asked about: `fault` names what was wrong with its answers, if anything was."""

    source_key: str
    text: str
    faults: tuple[str, ...]
    triples: tuple[TriedTriple, ...]


def try_prompt(
    lake: Lake,
    source: ObjectStore,
    rules: SourceRules,
    recipe: GenerationRecipe,
    endpoints: Endpoints,
    most_chunks: int,
) -> list[TriedChunk]:
    """Ask about the first chunk of each of the first articles; the answers are kept, and paid for once."""
    picked = list(islice(_first_chunks(source, rules, recipe), most_chunks))
    asks = [_ask(article, chunk, recipe) for article, chunk in picked]
    answers = AnswerStore(lake.store)
    outcomes: dict[str, ChunkOutcome] = {}
    by_way: dict[Route, list[ChunkRequest]] = defaultdict(list)
    for ask in asks:
        by_way[ask.route].append(ask)
    context = RequestContext(others=lambda route: by_way[route])

    def keep(outcome: ChunkOutcome) -> None:
        outcomes[outcome.article_id] = outcome

    asyncio.run(ask_everywhere(by_way, answers, endpoints, keep, context))
    return [
        TriedChunk(
            article.source_key,
            chunk.text,
            outcomes[article.source_key].faults,
            _judged(article, chunk, answers, outcomes[article.source_key].request_key, recipe),
        )
        for article, chunk in picked
    ]


def _first_chunks(source: ObjectStore, rules: SourceRules, recipe: GenerationRecipe) -> Iterator[tuple[Article, Chunk]]:
    objects = sorted(list_objects(source, [""], rules).listed.values(), key=lambda found: found.key)
    for _, parsed in read_objects(source, objects, rules):
        for article in parsed:
            if isinstance(article, Article) and article.consent != "no":
                yield from ((article, chunk) for chunk in cut_article(article.content, recipe)[:1])


def _ask(article: Article, chunk: Chunk, recipe: GenerationRecipe) -> ChunkRequest:
    generator = recipe.generator_of(chunk.key)
    body = request_body(recipe, chunk.text, generator)
    key, read = request_key(body), reader(recipe.prompt_version)
    return ChunkRequest(article.source_key, chunk.index, key, body, endpoint=generator.endpoint, read=read)


def _judged(
    article: Article, chunk: Chunk, answers: AnswerStore, key: str, recipe: GenerationRecipe
) -> tuple[TriedTriple, ...]:
    text = ArticleText.of(article.content, recipe.cleaning)
    reading = Reading.of(chunk.text)
    read = reader(recipe.prompt_version)
    triples = (triple for record in answers.read_all(key) for triple in read(completion_of(record)).triples)
    found = ((triple, judge(triple, reading, chunk.clean_start, text, recipe)) for triple in triples)
    return tuple(
        TriedTriple(triple, one.reason.name, one.detail) if isinstance(one, Drop) else TriedTriple(triple, "kept")
        for triple, one in found
    )
