#!/bin/sh
# Copy a lake to a place where a later one may take its place. Nights may go on meanwhile: the copy is the lake as it
# was at one moment, and a copy that is cut short leaves the backup with the version that it had.
#
# Usage: backup.sh LAKE BACKUP, both as rclone names a place: remote:bucket/prefix, or /folder
#
# What refers to other objects is read before them and written after them. The tables' logs are therefore set aside
# first: that of `runs`, which names versions of `pairs`, before that of `pairs`, which names those of the others.
set -euf
[ $# = 2 ] || { echo "usage: backup.sh LAKE BACKUP" >&2; exit 2; }
lake=$1 backup=$2
[ -n "$(rclone lsf --dirs-only "$lake")" ] || {
  echo "backup.sh: $lake is empty or not there, and nothing was copied. Name the lake as rclone does." >&2
  exit 1
}
open="--include /batch_api/** --include /refused/**" # records that are removed once they are done with
aside=$(mktemp -d)
trap 'rm -rf "$aside"' EXIT

# 1. What refers. `_last_checkpoint` is only a hint, and a table whose hint is newer than its log cannot be opened.
mkdir "$aside/logs" "$aside/open"
for table in imported judgements runs pairs articles chunks; do
  rclone copy "$lake" "$aside/logs" --filter "- _last_checkpoint" --filter "+ /tables/$table/_delta_log/**" \
    --filter "- **"
done
rclone copy "$lake" "$aside/open" $open

# 2. The backup of another lake, or of this one before it was put back, is left alone: its logs say something else.
rclone copy "$aside/logs" "$backup" --checksum --immutable --dry-run --quiet || {
  echo "backup.sh: $backup was not changed; the line above says why. Where it says 'immutable', it is the backup of" \
    "another lake, or of this one before it was put back: name an empty place." >&2
  exit 1
}

# 3. What is written once and never again.
rclone copy "$lake" "$backup" --size-only \
  --include "/originals/**" --include "/answers/**" --include "/tables/*/*.parquet" --include "/tables/*/*=*/**"

# 4. The rest, but for what the next run makes again, and for the lease of the run that is at work.
rclone copy "$lake" "$backup" \
  --exclude "/originals/**" --exclude "/answers/**" --exclude "/tables/**" \
  --exclude "/batch_api/**" --exclude "/refused/**" \
  --exclude "/sketches/**" --exclude "/grams/**" --exclude "/passages/**" --exclude "/evaluation/**" \
  --exclude "/explored/**" \
  --exclude "/languages.json" --exclude "/cursor.json" --exclude "/verified/**" \
  --exclude "/lease/**" --exclude "/probe/**" --exclude "/probe.json"

# 5. What refers, now that all it refers to is there.
for table in chunks articles pairs runs judgements imported; do
  rclone copy "$aside/logs" "$backup" --checksum --immutable --include "/tables/$table/_delta_log/**"
done
rclone sync "$aside/open" "$backup" $open
