"""The command that publishes a trained model.

Run as: python -m ownvoice.publishing --run RUN --lake s3://bucket/prefix [--dry-run] [--licence L] [--public]
HF_TOKEN may write to the recipe's hub_repository. A recipe that gates its publication by a number (`promote`) is
published only where the rule has promoted the run, and is then the repository's champion. Safe to repeat at any point.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from ownvoice.errors import OwnvoiceError
from ownvoice.publishing.promote import CardSettings, publish_run
from ownvoice.publishing.publish import Draft, draft
from ownvoice.storage.lake import Lake
from ownvoice.training.parent import end_with_parent


def main() -> int:
    """Publish, or show what would be published; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m ownvoice.publishing", description="Publish a training run.")
    parser.add_argument("--run", required=True, help="the run's id")
    parser.add_argument("--lake", required=True, help="s3://bucket/prefix or file:///folder")
    parser.add_argument("--licence", help="licence that the card names")
    parser.add_argument("--public", action="store_true", help="a repository that is made is public")
    parser.add_argument("--dry-run", action="store_true", help="print card and files, and ask the Hub nothing")
    given = parser.parse_args()
    try:
        lake = Lake(given.lake)
        if given.dry_run:
            print("\n".join(_shown(draft(lake, given.run, given.licence))))
        else:
            done, move = publish_run(lake, given.run, CardSettings(given.licence, private=not given.public))
            print(f"published: {done.repo_id} at {done.revision}, tag {done.tag}")
            if move:
                print(f"champion {move.number} of {move.repo_id} since {move.at:%Y-%m-%d %H:%M} UTC: {move.because}")
    except OwnvoiceError as error:
        print(f"ownvoice.publishing: {error}", file=sys.stderr)
        return error.exit_code
    return 0


def _shown(wanted: Draft) -> Iterator[str]:
    yield wanted.card
    yield f"{wanted.repo_id}, tag {wanted.tag}:"
    yield from (f"{file.size:>16,}  {name}" for name, file in sorted(wanted.files.items()))


if __name__ == "__main__":
    end_with_parent()
    sys.exit(main())
