"""A real language model on this machine's CPU: no key, no GPU, no Hub, about half an hour on two cores.

SmolLM2-135M answers instructions about this project's own documentation, is trained by DPO to prefer the words of that
documentation to its own, and its style is measured before and after. Each step is a command of `ownvoice`, which is
shown as one would type it. Files are in .ownvoice/real-lake; a step that is done is not done again.

Run as: make demo-real (python demo/real.py)
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator, Mapping, Sequence

from environment import REPOSITORY, TRAINER_PYTHON
from smollm2 import KEY

from ownvoice.storage.lake import Lake
from ownvoice.training.metric_rows import points_of
from ownvoice.training.results.training import trained

ARTICLES = REPOSITORY / "docs"
LAKE = REPOSITORY / ".ownvoice" / "real-lake"
BASE = f"lake:{KEY}"
REFRESH, TRAINING = "real-refresh", "real-training"
OWNVOICE = (str(REPOSITORY / ".venv" / "bin" / "ownvoice"),)
_WIDTH_CHARS = 80

# The base writes the rejected answers itself, about as long as the chosen ones: only the voice is to differ.
GENERATION = {
    "rejected_by": json.dumps({"model": BASE, "prompt_template": "chat", "max_output_tokens": 120}),
    "rejected_length": "told",
    "rejected_cut": "sentence",
}
TRAINING_RECIPE = {
    "backend": "trl",
    "base_model": BASE,
    "prompt_template": "chat",
    "learning_rate": "1e-4",
    "warmup_steps": "2",
    "accumulation_steps": "4",
    "eval_every": "1",
    "merge_dtype": "float32",
    "sample_tokens": "80",
}
# So many articles that a CPU is done in half an hour, and half of them held out, so that a style can be judged on them.
ARTICLE_COUNT = 36
SETTINGS = {
    "OWNVOICE_ARTICLES": ARTICLES.as_uri(),
    "OWNVOICE_LAKE": LAKE.as_uri(),
    "OWNVOICE_TEST_SHARE": "0.5",
    "OWNVOICE_SOURCE__DEFAULT_AUTHOR": "the documentation of Ownvoice",
    "OWNVOICE_TRAINER_PYTHON": str(TRAINER_PYTHON),
    "OWNVOICE_TRAINER_WHERE": "process",
    "OWNVOICE_TRAINER_STYLE_PROMPTS": "0",  # in a step of its own
}


def main() -> int:
    """Run every step; return the exit code of the first that fails, else 0."""
    for paragraph in __doc__.split("\n\n")[:-1]:
        print(textwrap.fill(paragraph, _WIDTH_CHARS), end="\n\n")
    took_s = {}
    for title, command in steps():
        began = time.monotonic()
        print(f"== {title}\n$ {shown(command)}", flush=True)
        code = subprocess.run(command, cwd=REPOSITORY, env=environment()).returncode  # noqa: S603
        took_s[title] = time.monotonic() - began
        print(flush=True)
        if code:
            print(f"demo: this step ended with exit code {code}. Run `make demo-real` again: it goes on from here.")
            return code
    print("\n".join([*outcome(), "", *duration_lines(took_s)]))
    return 0


def steps() -> Iterator[tuple[str, list[str]]]:
    """Yield what each step is for, and its command."""
    yield "SmolLM2-135M goes into the lake", [str(TRAINER_PYTHON), "demo/smollm2.py", LAKE.as_uri()]
    recipe = [f"--recipe={name}={value}" for name, value in GENERATION.items()]
    limit = f"--limit-articles={ARTICLE_COUNT}"
    yield "The documentation becomes pairs", [*OWNVOICE, "refresh", "--offline", f"--run={REFRESH}", limit, *recipe]
    recipe = [f"--recipe={name}={value}" for name, value in TRAINING_RECIPE.items()]
    yield "DPO trains SmolLM2 on them", [*OWNVOICE, "train", f"--run={TRAINING}", *recipe]
    yield "Its style is measured", [*OWNVOICE, "style", f"--model={TRAINING}"]


def shown(command: Sequence[str]) -> str:
    """Return a command as one would type it in the repository."""
    return shlex.join("ownvoice" if part == OWNVOICE[0] else part.removeprefix(f"{REPOSITORY}/") for part in command)


def environment() -> dict[str, str]:
    """Return the environment of the steps: without the settings of another Airflow or trainer."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "OWNVOICE_"))}
    return kept | SETTINGS | {"PYTHONPATH": str(REPOSITORY / "include")}


def outcome() -> Iterator[str]:
    """Yield what the held-out margin did, and the fixed questions as answered before and after."""
    training, _, result = trained(Lake(LAKE.as_uri()), TRAINING)
    margins = [f"{value:.3f}" for _, value in points_of(training.metrics, "eval_rewards/margins")]
    yield from wrapped(
        "margin",
        f"0 untrained, then {', '.join(margins)} nats on {result.rows.test} held-out pairs; {result.steps} steps on "
        f"{result.rows.train} pairs: {training.verdict}",
    )
    for sample in training.samples:
        yield ""
        yield from wrapped("asked", sample.question)
        yield from wrapped("before", sample.base)
        yield from wrapped("after", sample.trained)
    yield ""
    yield "SmolLM2-135M is small and weak: look at how it writes, not at what it says."


def wrapped(name: str, text: str) -> list[str]:
    """Return a named text in lines that fit a terminal."""
    return textwrap.wrap(f"{name:8}{' '.join(text.split())}", _WIDTH_CHARS, subsequent_indent=" " * 8)


def duration_lines(took_s: Mapping[str, float]) -> Iterator[str]:
    """Yield the minutes that each step took."""
    for title, seconds in took_s.items():
        yield f"{seconds / 60:5.1f} min  {title}"


if __name__ == "__main__":
    sys.exit(main())
