"""The four tables of the lake: one explicit Arrow schema each.

`refresh_date` is the run's own date in UTC. Offsets count code points in the article's own content.
"""

from __future__ import annotations

import pyarrow as pa

SPANS = pa.list_(pa.struct([("start", pa.int64()), ("end", pa.int64())]))

PAIRS = pa.schema(
    [
        ("pair_id", pa.string()),
        ("prompt", pa.string()),
        ("chosen", pa.string()),
        ("rejected", pa.string()),
        ("split", pa.string()),
        ("author_id", pa.string()),
        ("article_id", pa.string()),
        ("article_sha256", pa.string()),
        ("source_key", pa.string()),
        ("spans", SPANS),
        ("exact", pa.bool_()),
        ("cleaning_version", pa.string()),
        ("chunk_key", pa.string()),
        ("request_key", pa.string()),
        ("recipe_id", pa.string()),
        ("prompt_model", pa.string()),  # who wrote the prompt
        ("chosen_model", pa.string()),  # "human": the author
        ("rejected_model", pa.string()),
        ("rejected_request_key", pa.string()),  # the answer that holds the rejected text
        ("prompt_version", pa.string()),
        ("instruction_kind", pa.string()),  # null where the prompt version asks for no kinds
        ("refresh_date", pa.date32()),
        ("created_by_run", pa.string()),
    ]
)

ARTICLES = pa.schema(
    [
        ("article_id", pa.string()),
        ("author_id", pa.string()),
        ("title", pa.string()),
        ("language", pa.string()),
        ("licence", pa.string()),  # empty where neither the source nor the settings name one
        ("consent", pa.string()),  # "no" keeps the article, and every copy of its text, from being generated from
        ("source_key", pa.string()),
        ("source_object", pa.string()),  # one object may hold many articles
        ("source_tag", pa.string()),  # an object with the same tag is not read again
        ("article_sha256", pa.string()),
        ("cluster_key", pa.string()),
        ("split", pa.string()),
        ("state", pa.string()),
        ("written_sha256", pa.string()),  # the text whose pairs are in the dataset, or null
        ("written_date", pa.date32()),  # the refresh date that those pairs carry, or null
        ("last_run", pa.string()),
    ]
)

SPLITS = ("train", "test")
"""The values of the columns `split`: the two sides. A side of a small lake may be empty."""

TRIES = pa.list_(pa.struct([("at", pa.string()), ("result", pa.string())]))

COUNTS = pa.map_(pa.string(), pa.int64())

SPEND = pa.list_(
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

CHUNKS = pa.schema(
    [
        ("run_id", pa.string()),
        ("refresh_date", pa.date32()),
        ("recipe_id", pa.string()),
        ("article_id", pa.string()),
        ("article_sha256", pa.string()),
        ("chunk_index", pa.int64()),
        ("chunk_key", pa.string()),
        ("request_key", pa.string()),
        ("start", pa.int64()),
        ("end", pa.int64()),
        ("model", pa.string()),  # the model of the recipe that is asked about the chunk
        ("prompt_version", pa.string()),
        ("batch", pa.string()),
        ("state", pa.string()),
        ("event", pa.string()),
        ("task_id", pa.string()),  # the Airflow task instance that asked last in this run, and its try; null on the
        ("map_index", pa.int64()),  # command line, and where nothing was asked
        ("try_number", pa.int64()),
        ("attempts", pa.int64()),  # stored answers, those of earlier runs included
        ("requests", pa.int64()),  # requests of this run
        ("retries", pa.int64()),  # of these, the requests after the first one
        ("faults", pa.list_(pa.string())),
        ("tries", TRIES),
        ("endpoint_words", pa.string()),  # what the endpoint said of the last try, if it failed; the key is masked
        ("prompt_tokens", pa.int64()),
        ("completion_tokens", pa.int64()),
        ("reserved_tokens", pa.int64()),  # the worst cases of the paid answers
        ("wasted_tokens", pa.int64()),  # the tokens of the unusable ones among them
        ("cost_usd", pa.float64()),  # null where a price is not known
        ("spend", SPEND),  # the same tokens and dollars, by the model that they were paid for
        ("latency_s", pa.float64()),
        ("triples", pa.int64()),
        ("kept", pa.int64()),
        ("drop_reasons", COUNTS),
    ]
)

RUNS = pa.schema(
    [
        ("run_id", pa.string()),
        ("kind", pa.string()),
        ("refresh_date", pa.date32()),
        ("verdict", pa.string()),
        ("version", pa.int64()),
        ("digest", pa.string()),
        ("recipe_id", pa.string()),
        ("retries", pa.int64()),  # requests after the first one for a chunk; null for a training run
        ("cost_usd", pa.float64()),  # null where the price is not known
        ("duration_s", pa.float64()),  # from a refresh's first start to its end; of a training run, the trainer's own
        ("counts", COUNTS),
        ("report_key", pa.string()),
    ]
)

TABLES = {"pairs": PAIRS, "articles": ARTICLES, "chunks": CHUNKS, "runs": RUNS}

PARTITIONS = {"pairs": ["refresh_date"], "articles": [], "chunks": ["refresh_date"], "runs": []}
