"""The six tables of the lake: every column with its Arrow type and its meaning, once.

`docs/write_tables.py` writes `docs/tables.md` from them. Offsets count code points in the article's own content.
"""

from __future__ import annotations

from typing import NamedTuple

import pyarrow as pa

from ownvoice.states import ArticleState, ChunkEvent, ChunkState, ProvenanceClass


class Column(NamedTuple):
    """One column of a table."""

    name: str
    type: pa.DataType
    meaning: str


_TEXT, _WHOLE, _REAL, _FLAG, _DATE = pa.string(), pa.int64(), pa.float64(), pa.bool_(), pa.date32()
_SPANS = pa.list_(pa.struct([("start", pa.int64()), ("end", pa.int64())]))
_TRIES = pa.list_(pa.struct([("at", pa.string()), ("result", pa.string())]))
_TIME = pa.timestamp("us", "UTC")
_MESSAGES = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))
_COUNTS = pa.map_(pa.string(), pa.int64())
_SPEND = pa.list_(
    pa.struct(
        [
            ("model", pa.string()),
            ("prompt_tokens", pa.int64()),
            ("completion_tokens", pa.int64()),
            ("reserved_tokens", pa.int64()),
            ("wasted_tokens", pa.int64()),
            ("cost_usd", pa.float64()),
        ]
    )
)

COLUMNS = {
    "pairs": (
        Column("pair_id", _TEXT, "hash of article id, request key and index; the same in every rerun"),
        Column("prompt", _TEXT, "the instruction that the model wrote for the chosen text"),
        Column("chosen", _TEXT, "the author's own words, as they stand at `spans` of the original"),
        Column("rejected", _TEXT, "the model's text on the same matter"),
        Column("split", _TEXT, "`train` or `test`, by a hash of the cluster key"),
        Column("author_id", _TEXT, "the author of the article"),
        Column("article_id", _TEXT, "the article"),
        Column("article_sha256", _TEXT, "its text, which lies under `originals/` by this name"),
        Column("source_key", _TEXT, "the object that the article was read from"),
        Column("spans", _SPANS, "the places of `chosen` in the original; `end` is exclusive"),
        Column("exact", _FLAG, "whether the quote was found without folding (quote style, white space, Unicode form)"),
        Column("cleaning_version", _TEXT, "how markup was taken off the text between original and chunk"),
        Column("chunk_key", _TEXT, "the chunk that was asked about"),
        Column("request_key", _TEXT, "the request whose stored answer holds the quote"),
        Column("recipe_id", _TEXT, "the recipe of the run"),
        Column("prompt_model", _TEXT, "who wrote the prompt"),
        Column("prompt_request_key", _TEXT, "the request whose answer holds a further prompt; null: `request_key`"),
        Column("augment_kind", _TEXT, "what a further prompt is to the first one; null for that one"),
        Column("augmented_from", _TEXT, "the pair with the first prompt for this quote; null for that pair"),
        Column("chosen_model", _TEXT, "who wrote the chosen answer: `human`"),
        Column("rejected_model", _TEXT, "who wrote the rejected answer"),
        Column("rejected_request_key", _TEXT, "the request whose stored answer holds it; empty where a person did"),
        Column("rejected_draw", _WHOLE, "which of several answers to the prompt, from 1; null where one was drawn"),
        Column("rejected_draws", _WHOLE, "how many were drawn; null where one was"),
        Column("rejected_cut", _FLAG, "whether it is the beginning of that answer; null where the recipe cuts none"),
        Column("rejected_source", _TEXT, "`edited` or written (`human`) by a reviewer; null: as the model answered"),
        Column("review_id", _TEXT, "the person's answer in a review, as a key of the lake; null where none changed it"),
        Column("prompt_version", _TEXT, "the version of the generation prompt"),
        Column("instruction_kind", _TEXT, "the kind of instruction; null where the prompt version asks for no kinds"),
        Column("back_reference", _FLAG, "whether `chosen` begins with a word that points back; null where not judged"),
        Column("selected", _FLAG, "whether the pair is trained on and exported; null: not balanced, which is yes"),
        Column("selected_reason", _TEXT, "the shortcut for which it is left out; null where it is not"),
        Column("provenance_class", _TEXT, "`verbatim`: the chosen answer is proved against the author's original"),
        Column("refresh_date", _DATE, "the date in UTC of the run that made the row"),
        Column("created_by_run", _TEXT, "the run that made the row"),
    ),
    "articles": (
        Column("article_id", _TEXT, "the article"),
        Column("author_id", _TEXT, "its author"),
        Column("title", _TEXT, "its title, or empty"),
        Column("language", _TEXT, "its language, or empty"),
        Column("licence", _TEXT, "its licence; empty where neither the source nor the settings name one"),
        Column("consent", _TEXT, "`no` keeps the article, and every copy of its text, from being generated from"),
        Column("source_key", _TEXT, "where it stands in the source"),
        Column("source_object", _TEXT, "the object that holds it; one object may hold many articles"),
        Column("source_tag", _TEXT, "the tag of that object; one with the same tag is not read again"),
        Column("article_sha256", _TEXT, "its text as it was last read, under `originals/`"),
        Column("cluster_key", _TEXT, "what near-duplicates share; it decides the side of the split"),
        Column("split", _TEXT, "`train` or `test`"),
        Column("state", _TEXT, f"its state: {', '.join(ArticleState)}"),
        Column("written_sha256", _TEXT, "the text whose pairs are in the dataset, or null"),
        Column("written_date", _DATE, "the refresh date that those pairs carry, or null"),
        Column("last_run", _TEXT, "the run that wrote the row"),
        Column("published_at", _TEXT, "when it was published, in ISO 8601 as exactly as the source says; or empty"),
    ),
    "chunks": (
        Column("run_id", _TEXT, "the refresh that asked"),
        Column("refresh_date", _DATE, "its date in UTC"),
        Column("recipe_id", _TEXT, "its recipe"),
        Column("article_id", _TEXT, "the article"),
        Column("article_sha256", _TEXT, "the text that was cut"),
        Column("chunk_index", _WHOLE, "the place of the chunk among those of its article"),
        Column("chunk_key", _TEXT, "what the chunk says, as a hash"),
        Column("request_key", _TEXT, "the request, whose answers lie under `answers/`; null where none is made"),
        Column("start", _WHOLE, "where it begins in the original"),
        Column("end", _WHOLE, "where it ends there, exclusive"),
        Column("model", _TEXT, "the model of the recipe that is asked about the chunk"),
        Column("prompt_version", _TEXT, "the version of the generation prompt"),
        Column("batch", _TEXT, "the batch of the plan, which is one mapped task"),
        Column("state", _TEXT, f"the state after the run: {', '.join(ChunkState)}"),
        Column("event", _TEXT, f"what led there: {', '.join(ChunkEvent)}"),
        Column("task_id", _TEXT, "the Airflow task that asked last in this run; null where none did"),
        Column("map_index", _WHOLE, "its map index, or null"),
        Column("try_number", _WHOLE, "its try, or null"),
        Column("attempts", _WHOLE, "stored answers, those of earlier runs included"),
        Column("requests", _WHOLE, "requests of this run"),
        Column("retries", _WHOLE, "of these, the requests after the first one"),
        Column("faults", pa.list_(pa.string()), "the classes of the errors that were met"),
        Column("tries", _TRIES, "each request: when it ended (UTC, ISO 8601) and its result"),
        Column("endpoint_words", _TEXT, "what the endpoint said of the last try, if it failed; the key is masked"),
        Column("prompt_tokens", _WHOLE, "tokens sent"),
        Column("completion_tokens", _WHOLE, "tokens received"),
        Column("reserved_tokens", _WHOLE, "the worst cases of the paid answers, in tokens"),
        Column("wasted_tokens", _WHOLE, "the tokens of the unusable ones among them"),
        Column("cost_usd", _REAL, "US dollars; null where a price is not known"),
        Column("spend", _SPEND, "the same tokens and dollars, by the model that they were paid for"),
        Column("latency_s", _REAL, "seconds from request to answer"),
        Column("triples", _WHOLE, "triples in the answer"),
        Column("kept", _WHOLE, "pairs made of them"),
        Column("drop_reasons", _COUNTS, "the others, counted by drop reason"),
    ),
    "runs": (
        Column("run_id", _TEXT, "the refresh or training run"),
        Column("kind", _TEXT, "`refresh` or `training`"),
        Column("refresh_date", _DATE, "its date in UTC"),
        Column("verdict", _TEXT, "how it ended"),
        Column("version", _WHOLE, "the dataset version that it made or trained on, or null"),
        Column("digest", _TEXT, "the digest of that version, or null"),
        Column("recipe_id", _TEXT, "its recipe"),
        Column("retries", _WHOLE, "requests after the first one for a chunk; null for a training run"),
        Column("cost_usd", _REAL, "US dollars; null where the price is not known"),
        Column("duration_s", _REAL, "seconds from a refresh's first start to its end; for a training, the trainer's"),
        Column("counts", _COUNTS, "the numbers of its report, by name"),
        Column("report_key", _TEXT, "the report, as a key of the lake"),
    ),
    "judgements": (
        Column("judgement_id", _TEXT, "hash of judge id, item, order and repeat; the same in every rerun"),
        Column("run_id", _TEXT, "the run that asked first"),
        Column("item_id", _TEXT, "what was judged: a prompt and one answer, or two"),
        Column("pair_id", _TEXT, "the pair that it was made from; empty where from none"),
        Column("prompt_id", _TEXT, "the held-out prompt that it answers; empty where it answers none"),
        Column("article_id", _TEXT, "the article of that pair or prompt, or empty"),
        Column("dataset_version", _WHOLE, "the dataset version that the item comes from, or null"),
        Column("left_source", _TEXT, "where the left answer comes from, such as `chosen` or `base`"),
        Column("right_source", _TEXT, "the same of the right one; null where one answer is rated alone"),
        Column("order", _TEXT, "`forward`: the left answer was shown first; `reversed`: the right one"),
        Column("judge", _TEXT, "the judge's name in the panel that was asked"),
        Column("judge_id", _TEXT, "all that decides its requests, as a hash"),
        Column("family", _TEXT, "the family of its model"),
        Column("prompt", _TEXT, "the name of its prompt in the registry"),
        Column("prompt_version", _WHOLE, "the version of that prompt"),
        Column("question", _TEXT, "`quality` or `voice`"),
        Column("repeat", _WHOLE, "which asking of the same request, from 1"),
        Column("request_key", _TEXT, "the request, whose answers lie under `answers/`; null where none was needed"),
        Column("answered_by", _TEXT, "the model that the endpoint's answer names, or empty"),
        Column("reason", _TEXT, "the judge's reasoning, or why no request was needed"),
        Column("verdict", _TEXT, "`first`, `second`, `tie` or `invalid`, as the answers were shown; null for a rating"),
        Column("winner", _TEXT, "`left`, `right` or `tie`, with the order taken out; null where there is none"),
        Column("rating", _WHOLE, "1 to 5; null where two answers were compared, or the rating could not be read"),
        Column("is_control", _FLAG, "whether it is a planted control, which a judge is qualified on"),
        Column("prompt_tokens", _WHOLE, "tokens sent"),
        Column("completion_tokens", _WHOLE, "tokens received"),
        Column("cost_usd", _REAL, "US dollars; null where the price is not known"),
        Column("at", _TEXT, "when the answer arrived (UTC, ISO 8601)"),
    ),
    "imported": (
        Column("row_id", _TEXT, "hash of set, prompt, chosen and rejected; the same in every rerun"),
        Column("set", _TEXT, "the declared set, `feedback` or `identity`"),
        Column("revision", _TEXT, "the commit on the Hub, or a hash of the files that were read"),
        Column("licence", _TEXT, "the licence of the set, or of this part of it"),
        Column("import_id", _TEXT, "set and revision: `SET@REVISION`"),
        Column("source_file", _TEXT, "the file that the row stands in, below the set's folder or repository"),
        Column("source_row", _WHOLE, "its number in that file, from 1"),
        Column("source_sha256", _TEXT, "hash of the row as it stands there, as canonical JSON"),
        Column("provenance_class", _TEXT, f"who is behind it: {', '.join(list(ProvenanceClass)[1:])}"),
        Column("prompt_messages", _MESSAGES, "all turns before the last answer: `system`, `user` or `assistant`"),
        Column("chosen", _TEXT, "the preferred answer; null where there is only one answer, and it was rejected"),
        Column("rejected", _TEXT, "the other one; null where there is only one answer, and it was preferred"),
        Column("author_id", _TEXT, "the author who edited the answer, or null"),
        Column("person", _TEXT, "a salted id of the person who judged, or null"),
        Column("score_margin", _REAL, "score of chosen less that of rejected, in the set's own scale; null: no scores"),
        Column("imported_by_run", _TEXT, "the import, collection or command that wrote the row"),
        Column("imported_at", _TIME, "when it began (UTC)"),
    ),
}  # fmt: skip

TABLES = {table: pa.schema([(one.name, one.type) for one in columns]) for table, columns in COLUMNS.items()}
PAIRS, ARTICLES, CHUNKS, RUNS, JUDGEMENTS, IMPORTED = TABLES.values()

_BY_DATE = ("pairs", "chunks")
PARTITIONS = {table: ["refresh_date"] if table in _BY_DATE else [] for table in TABLES}


def measured_columns(table: str) -> list[str]:
    """Return the columns of which a table's log keeps the smallest and the largest value: numbers, dates and flags.

    Of a text column it would keep the beginnings of texts and whole ids, for as long as there is a log.
    """
    return [one.name for one in TABLES[table] if pa.types.is_primitive(one.type) and one.name not in PARTITIONS[table]]


SPLITS = ("train", "test")
"""The values of the columns `split`: the two sides. A side of a small lake may be empty."""
