"""Makes the bucket of compose.yaml's own store, and puts the sample articles there while it holds no article.

Run as: python bucket.py --bucket ownvoice --articles /samples, with the keys and the address where boto3 looks for them
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_PREFIX = "articles/"


def fill_bucket(store: S3Client, bucket: str, articles: Path) -> str:
    """Make `bucket` unless it is there, upload `articles` unless it holds some; return what was done, as a sentence."""
    if bucket not in {one.get("Name") for one in store.list_buckets()["Buckets"]}:
        store.create_bucket(Bucket=bucket)
    if store.list_objects_v2(Bucket=bucket, Prefix=_PREFIX, MaxKeys=1)["KeyCount"]:
        return f"s3://{bucket}/{_PREFIX} holds articles and is left as it is."
    files = sorted(path for path in articles.rglob("*") if path.is_file())
    if not files:
        raise FileNotFoundError(f"there are no articles in {articles}")
    for path in files:
        store.upload_file(str(path), bucket, _PREFIX + path.relative_to(articles).as_posix())
    return f"s3://{bucket}/{_PREFIX} now holds {len(files)} sample articles."


def main() -> int:
    """Fill the bucket that the command names; return the exit code."""
    parser = argparse.ArgumentParser(description="Make the bucket for trying, and upload the sample articles.")
    parser.add_argument("--bucket", required=True)
    parser.add_argument("--articles", type=Path, required=True)
    options = parser.parse_args()
    try:
        print(fill_bucket(boto3.client("s3"), options.bucket, options.articles))
    except (Boto3Error, BotoCoreError, ClientError, OSError) as fault:
        cause = " ".join(str(fault).split())  # boto3 writes several lines
        print(f"the bucket {options.bucket} could not be filled: {cause}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
