"""Airflow, the sample articles and one refresh on this machine: no key, no cluster, no GPU.

Leaves Airflow's UI open on loopback. All that it makes stands in .airflow and .ownvoice/demo-lake.

Run as: make demo (python demo/start.py)
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections import Counter

import httpx
from environment import ARTICLES, LAKE, STATE, USER, has_model, prepared_password
from launch import launch, ready_airflow
from processes import end_demo, read_demo
from rest import Airflow
from summary import print_summary
from watch import watch

from ownvoice.errors import OwnvoiceError
from ownvoice.lake import Lake
from ownvoice.settings import load_settings

_REFRESH_TIMEOUT_S = 600
_TOLD = {"running": "running", "up_for_retry": "waiting to be tried again", "failed": "failed"}


def main() -> int:
    """Run the demo; return the exit code."""
    for signal_number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(signal_number, signal.default_int_handler)  # they end all that was started, as Ctrl-C does
    try:
        return run_demo()
    except KeyboardInterrupt:
        print("\nInterrupted.")
        return 130
    except (OwnvoiceError, httpx.HTTPError) as fault:
        print(f"\ndemo: {fault}", file=sys.stderr)
        return 1


def run_demo() -> int:
    """Start Airflow, refresh once, show what came of it; return the exit code. A fault before the end ends all."""
    password = prepared_password()
    demo = read_demo(STATE)
    if demo and all(one.is_alive for one in demo.processes):
        print("The demo runs already.\n")
        print_way_in(demo.address, password)
        return 0
    end_all()  # what is left of one that broke down
    # Checked here, since a wrong setting would keep the DAG from being there at all.
    settings = load_settings(articles=ARTICLES.as_uri(), lake=LAKE.as_uri())
    print_introduction(settings.recipe.model)
    with contextlib.ExitStack() as on_fault:
        on_fault.callback(end_all)
        demo = launch()
        airflow = ready_airflow(demo, password)
        run_id = airflow.begin_refresh()
        print(f"\nThe refresh, to look at (user {USER}, password {password}):\n{airflow.run_page(run_id)}")
        watch(lambda: _look(airflow, run_id), _REFRESH_TIMEOUT_S, demo.processes)
        on_fault.pop_all()
    print()
    try:
        return show_outcome(airflow, run_id)
    finally:
        print()
        print_way_in(demo.address, password)


def show_outcome(airflow: Airflow, run_id: str) -> int:
    """Print what the run left in the lake, or which of its tasks failed and where their logs are."""
    state = airflow.run_state(run_id)
    if state == "success":
        print_summary(Lake(LAKE.as_uri()), run_id)
        return 0
    if state == "failed":
        failed = [task for task in airflow.tasks(run_id) if task["state"] == "failed"]
        first = {task["task_id"]: airflow.task_page(run_id, task) for task in reversed(failed)}
        for name, count in Counter(task["task_id"] for task in failed).items():
            print(f"{count} x {name} failed. The log of the first: {first[name]}")
    else:
        print(f"The refresh is still {state} after {_REFRESH_TIMEOUT_S} s, and goes on: {airflow.run_page(run_id)}")
    return 1


def print_introduction(model: str) -> None:
    """Say what is about to run, and who answers."""
    print(f"articles  {ARTICLES}\nlake      {LAKE}")
    if has_model(os.environ):
        print(f"model     {model} at {os.environ.get('OPENAI_BASE_URL') or 'https://api.openai.com/v1'}\n")
    else:
        print("model     none: a stand-in on this machine rewords sentences by rules, so that no key is needed.")
        print("          Set OPENAI_API_KEY, or OPENAI_BASE_URL for another endpoint, to ask a real one.\n")


def print_way_in(address: str, password: str) -> None:
    """Say where the UI stands, how to log in, and how to end it."""
    print(f"Airflow   {address}   user {USER}   password {password}\nend it    make demo-stop")


def end_all() -> None:
    """End all that was started; neither a second Ctrl-C nor a closed terminal may leave half of it running."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for sentence in end_demo(STATE):
        with contextlib.suppress(OSError):
            print(sentence, flush=True)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _look(airflow: Airflow, run_id: str) -> tuple[bool, str]:
    state = airflow.run_state(run_id)
    states = Counter(task["state"] for task in airflow.tasks(run_id))
    counts = "".join(f", {states[name]} {word}" for name, word in _TOLD.items() if states[name])
    done = states["success"] + states["skipped"]
    return state in ("success", "failed"), f"Refresh {state}: {done} of {states.total()} tasks done{counts}"


if __name__ == "__main__":
    sys.exit(main())
