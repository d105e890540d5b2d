"""How the repository is built: sizes, import circles, folders that mirror each other, and words with one meaning."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
INCLUDE = REPOSITORY / "include"
CODE = ("include", "plugins", "dags", "demo", "benchmarks", "docs", "tests/stand_ins")
MAX_FILE_LINES, MAX_FUNCTION_LINES = 250, 40

# Test folders that are about no package of ownvoice: they test another folder or the whole, or help.
OTHER_TEST_FOLDERS = {"dags", "demo", "docker", "plugins", "recorded", "stand_ins", "whole"}

# What may be imported by the folders that Airflow reads.
ROOMS_OF = {
    "dags": ("ownvoice.airflow", "ownvoice.config.settings", "ownvoice.training.settings"),
    "plugins": (
        *("ownvoice_monitor", "ownvoice.airflow", "ownvoice.pages", "ownvoice.reports"),
        *("ownvoice.config.settings", "ownvoice.storage", "ownvoice.errors", "ownvoice.states"),
    ),
}

# Each has another word in docs/glossary.md.
BANNED_WORDS = {
    "anew": "again",
    "asker": "worker",
    "purse": "spending limit",
    "license": "licence",
}
# What outside formats call it: a key, an attribute or a file's name.
FOREIGN = re.compile(r"""["'`.]license|\blicense(:| = ")""", re.IGNORECASE)
LINK = re.compile(r"\]\((?!https?://)([^)#]+)")


def python_files(*folders: str) -> list[Path]:
    return [file for folder in folders for file in sorted((REPOSITORY / folder).rglob("*.py"))]


def texts() -> list[Path]:
    """Every text that people read, but for this one, which names the words."""
    ends = {".py", ".md", ".html", ".js", ".css", ".toml"}
    folders = ("include", "plugins", "dags", "demo", "benchmarks", "docs", "docker", "tests", "samples")
    files = [*REPOSITORY.glob("*.*"), *(file for folder in folders for file in (REPOSITORY / folder).rglob("*"))]
    return [file for file in files if file.suffix in ends and file != Path(__file__)]


def shown(file: Path) -> str:
    return str(file.relative_to(REPOSITORY))


def module_name(file: Path) -> str:
    parts = file.relative_to(INCLUDE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_at_start(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    """Yield what a module imports when it is imported itself: (module, name), without type checking and functions."""
    for node in body:
        if isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.If) and ast.unparse(node.test) != "TYPE_CHECKING":
            yield from imported_at_start([*node.body, *node.orelse])
        elif isinstance(node, ast.Try):
            yield from imported_at_start(node.body)


def test_no_file_has_more_than_250_lines():
    lines = {shown(file): len(file.read_text(encoding="utf-8").splitlines()) for file in python_files(*CODE)}
    assert {file: count for file, count in lines.items() if count > MAX_FILE_LINES} == {}


def test_no_function_has_more_than_40_lines():
    lengths = {
        f"{shown(file)}: {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for file in python_files(*CODE)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: lines for name, lines in lengths.items() if lines > MAX_FUNCTION_LINES} == {}


def test_no_two_modules_import_each_other_by_whatever_way():
    modules = {module_name(file): ast.parse(file.read_text(encoding="utf-8")).body for file in python_files("include")}
    own = {name: name for name in modules}.get  # an imported name is a module of ours, or stands in one, or neither
    graph = {
        name: {own(f"{module}.{imported}") or own(module) for module, imported in imported_at_start(body)} - {None}
        for name, body in modules.items()
    }
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


def test_parquet_is_read_without_threads_which_may_abort_an_interpreter_that_ends_soon_after():
    with_threads = [
        f"{shown(file)}:{node.lineno}"
        for file in python_files("include", "plugins")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).split(".")[-1] in ("read_table", "iter_batches", "read_row_groups", "read_row_group")
        and "use_threads=False" not in map(ast.unparse, node.keywords)
    ]
    assert with_threads == []


def test_every_folder_of_tests_bears_the_name_of_the_package_that_it_tests():
    folders = {file.parent.relative_to(REPOSITORY / "tests") for file in python_files("tests")}
    folders = {folder for folder in folders if folder.parts and folder.parts[0] not in OTHER_TEST_FOLDERS}
    assert [
        str(folder) for folder in sorted(folders) if not (INCLUDE / "ownvoice" / folder / "__init__.py").exists()
    ] == []


@pytest.mark.parametrize(("folder", "rooms"), ROOMS_OF.items())
def test_what_airflow_reads_wires_and_leaves_the_work_to_the_rooms(folder, rooms):
    own = {
        node.module
        for file in python_files(folder)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("ownvoice")
    }
    assert {module for module in own if not module.startswith(rooms)} == set()


def test_every_link_between_pages_leads_to_a_file():
    pages = [*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")]
    links = [(page, link) for page in pages for link in LINK.findall(page.read_text(encoding="utf-8"))]
    assert [f"{shown(page)}: {link}" for page, link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("word", BANNED_WORDS)
def test_a_word_that_the_glossary_replaces_is_not_used(word):
    used = re.compile(rf"(?<![a-z]){word}s?(?![a-z])", re.IGNORECASE)
    found = [shown(file) for file in texts() if used.search(FOREIGN.sub("", file.read_text(encoding="utf-8")))]
    assert found == [], f"write {BANNED_WORDS[word]!r} instead"
