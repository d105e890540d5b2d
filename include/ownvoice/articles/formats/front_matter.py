"""Front matter: the metadata above a text, as Jekyll, Hugo, Zola, Obsidian and others write it.

It is YAML between lines of `---` (or up to `...`), TOML between lines of `+++`, JSON, bare or between lines of `;;;`,
or header lines. What begins like metadata and cannot be read is quarantined, because it may hold a refusal. A text may
also begin with a rule: Markdown writes one as `---` too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ownvoice.articles.article import Reason, UnreadableError
from ownvoice.articles.formats.drafts import MARKS
from ownvoice.articles.formats.fields import all_names, field_of
from ownvoice.articles.formats.header_lines import header_lines
from ownvoice.articles.formats.metadata_values import MAX_METADATA_BYTES, end_of_json, load_metadata
from ownvoice.articles.formats.names import values_at
from ownvoice.articles.formats.opened import Fields
from ownvoice.config.source_rules import FIELDS, SourceRules

_TABLES_OF_OTHER_NAMES = ("params", "extra", "taxonomies")  # Hugo and Zola keep a blog's own names in these

_LINE_END = r"[ \t]*(?:\r\n?|\n|\Z)"
_COMMENTS = r"(?:[ \t]*(?:#[^\r\n]*)?[\r\n])*[ \t]*"


@dataclass(frozen=True, slots=True)
class _Language:
    """A language of front matter: the fence above it, those that end it, and what its first line looks like."""

    fence: str
    closings: str
    first_line: re.Pattern[str]


_LANGUAGES = {
    "yaml": _Language(
        fence="---",
        closings=r"(?:---|\.\.\.)",
        first_line=re.compile(
            _COMMENTS + r"""(?:(['"]?)\w[\w.-]*\1[ \t]*:(?=\s|\Z)|\{\s*['"\w]|%(?:YAML|TAG)\b|<<|\?\s|!!?\w|&\w+\s)"""
        ),
    ),
    "toml": _Language(
        fence="+++",
        closings=r"\+\+\+",
        first_line=re.compile(_COMMENTS + r"""(?:\[|(['"]?)\w[\w.-]*\1[ \t]*=)"""),
    ),
    "json": _Language(fence=";;;", closings=";;;", first_line=re.compile(r"\s*[\[{]")),
}
_OF_FENCE = {language.fence: name for name, language in _LANGUAGES.items()}
_FENCE = "|".join(map(re.escape, _OF_FENCE))

# Where front matter may begin: below lines that are neither text nor metadata, at a fence or at a bracket.
_BLANKS = re.compile(r"[\s\ufeff\u200b]*[\r\n\ufeff\u200b]")
_LINES_ABOVE = re.compile(r"(?:#![^\r\n]*[\r\n]+|<!--(?:(?!-->)[^\r\n])*+-->[ \t]*[\r\n]+|<!doctype[^<>]*>\s*)+", re.I)
_OPENING = re.compile(rf"([ \t]{{0,3}})({_FENCE})[ \t]*(yaml|yml|toml|json)?(?:[ \t]+#[^\r\n]*)?{_LINE_END}", re.I)
_BARE_JSON = re.compile(  # a name in quotes, or one in a line of its own
    r"""\{(?:\s*+"(?:[^"\\\n]|\\.)*+"\s*+:|[ \t]*+[\r\n]\s*+['"]?\w[\w.-]*+['"]?\s*+:)"""
)

# What else people write above metadata, which no reader of ours takes: it is refused where a name that matters follows.
_OTHER_FENCE = re.compile(rf"[ \t]*(?:[-–—+;=~]{{2,}}|[–—])[ \t]*{_LINE_END}")  # a text editor makes — of ---
_FENCE_AND_MORE = re.compile(rf"[ \t]{{0,3}}(?:{_FENCE})(?P<language>[A-Za-z]\w*:?[ \t]*$)?(?=[ \t]*[^\s;+-])", re.M)
_BRACKETS = re.compile(
    r"(?://[^\r\n]*[\r\n]+|/\*.*?\*/\s*)*+(?:\{|\[\s*\{)", re.DOTALL
)  # and comments, which no JSON has

_REST_OF_LINE = re.compile(_LINE_END)
_PARAGRAPH = re.compile(rf"\s*(?:[^\r\n]*\S[^\r\n]*{_LINE_END})*")


@dataclass(frozen=True, slots=True)
class _Block:
    """What may be front matter: its language, its text, and where the text below it begins (None: it has no end)."""

    language: str
    text: str
    end: int | None


def split_front_matter(text: str, rules: SourceRules, *, blocks: int = 2) -> tuple[list[Fields], str]:
    """Return the fields of a text's front matter, and the text below it; no fields and the whole text without any.

    Fields in a table for a blog's own names come after the others. Below the first block another may hold the refusal:
    `blocks` are read at most. Raises `UnreadableError` where the text begins like front matter, but has no end or
    cannot be read.
    """
    start = _end_of(_LINES_ABOVE, text, _end_of(_BLANKS, text, 0))
    block = _bare_json(text, start) if _BARE_JSON.match(text, start) else _fenced(text, start)
    if block is None:
        _refuse_another_fence(text, start, rules)
        fields, end = header_lines(text, start, rules) or ({}, 0)
        return [fields], text[end:]
    try:
        if block.end is None:
            raise ValueError(f"no line ends it within {MAX_METADATA_BYTES:,} bytes")
        fields = load_metadata(block.text, block.language)
    except ValueError as error:
        if _is_metadata(block, rules):
            raise _unreadable(block.language, error) from None
        return [], text
    if fields and block.text[:1] in "\r\n" and not _is_metadata(block, rules):  # a rule, and a blank line after it
        return [], text
    if block.language == "json" and field_of(fields, "content", rules) is not None:
        raise _unreadable("json", ValueError("it holds text of its own; name the object .json or .jsonl"))
    below = text[block.end :]
    if blocks > 1 and (not fields or _has_second_block(below, rules)):
        further, below = split_front_matter(below, rules, blocks=blocks - 1)
        return [*with_tables(fields), *further], below
    return with_tables(fields), below


def _fenced(text: str, start: int) -> _Block | None:
    opening = _OPENING.match(text, start)
    if opening is None:
        return None
    indent, fence, named = opening.groups()
    language = (named or _OF_FENCE[fence]).lower().replace("yml", "yaml")
    start, last = opening.end(), opening.end() + MAX_METADATA_BYTES
    closing = re.compile(rf"(?<![^\r\n]){indent}{_LANGUAGES[_OF_FENCE[fence]].closings}{_LINE_END}").search(
        text, start, last
    )
    if closing is None:
        return _Block(language, text[start : _end_of(_PARAGRAPH, text[:last], start)], None)
    return _Block(language, text[start : closing.start()], closing.end())


def _bare_json(text: str, start: int) -> _Block:
    try:
        end = end_of_json(text, start)
    except ValueError as error:
        raise _unreadable("json", error) from None
    return _Block("json", text[start:end], _end_of(_REST_OF_LINE, text, end))


def _end_of(pattern: re.Pattern[str], text: str, start: int) -> int:
    """Return where a pattern ends that begins at `start`; there, if it does not."""
    found = pattern.match(text, start)
    return found.end() if found else start


def _refuse_another_fence(text: str, start: int, rules: SourceRules) -> None:
    """Raise `UnreadableError` where metadata stands below a line like a fence: it may hold a refusal."""
    fence, names = _OTHER_FENCE.match(text, start), _known_name(rules)
    other = fence if fence and names.match(text, fence.end()) else None
    if more := _FENCE_AND_MORE.match(text, start) or _BRACKETS.match(text, start):
        paragraph = text[start : _end_of(_PARAGRAPH, text[: start + MAX_METADATA_BYTES], start)]
        is_other_language = more.re is _FENCE_AND_MORE and more["language"]
        if is_other_language or re.search(rf"""(?:^|[\s{{,"'])(?:{_names(rules)})["']?\s*[:=]""", paragraph, re.I):
            other = more
    if other:
        found = other[0].strip()[:20]
        detail = f"metadata stands below {found!r}; a line of --- (YAML), +++ (TOML) or ;;; (JSON) begins it"
        raise UnreadableError(Reason.BAD_FRONT_MATTER, detail)


def _is_metadata(block: _Block, rules: SourceRules) -> bool:
    """Whether a block that is no front matter was meant as such: by its first line, or by a name that matters."""
    first = _LANGUAGES[block.language].first_line.match(block.text)
    return bool(first) or block.text.startswith("- ") or bool(_known_name(rules).search(block.text))


def _known_name(rules: SourceRules) -> re.Pattern[str]:
    return re.compile(rf"""(?<![^\r\n])[ \t]*(?:- )?["']?(?:{_names(rules)})["']?[ \t]*[:=：]""", re.I)


def _names(rules: SourceRules) -> str:
    names = {name for field in FIELDS for name in all_names(field, rules)} | set(MARKS)
    return "|".join(map(re.escape, sorted(names)))


def _has_second_block(text: str, rules: SourceRules) -> bool:
    """Whether a block below the first holds a name that matters; prose may begin with a rule too."""
    block = _fenced(text, _end_of(_BLANKS, text, 0))
    return bool(block and block.end is not None and _known_name(rules).search(block.text))


def with_tables(fields: Fields) -> list[Fields]:
    """Return fields, and those in the tables that Hugo and Zola keep a blog's own names in."""
    found = (table for name in _TABLES_OF_OTHER_NAMES for table in values_at(fields, name))
    tables = (table for one in found for table in (one if isinstance(one, list) else [one]))
    return [fields, *(table for table in tables if isinstance(table, dict))]


def _unreadable(language: str, error: ValueError) -> UnreadableError:
    instead = "; where it is meant as a rule, write *** instead" if language == "yaml" else ""
    detail = f"the text begins like front matter in {language.upper()}, but {error}{instead}"
    return UnreadableError(Reason.BAD_FRONT_MATTER, detail)
