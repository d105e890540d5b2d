"""Airflow, the sample articles, one refresh and one training on this machine: no key, no cluster, no GPU.

Leaves Airflow's UI open on loopback. All that it makes stands in .airflow and .ownvoice/demo-lake.

Run as: make demo (python demo/start.py)
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys

import httpx
from environment import ARTICLES, LAKE, STATE, USER, has_model, prepared_password
from launch import launch, ready_airflow
from processes import end_demo, read_demo
from rest import Airflow, Run
from runs import follow, succeeded
from summary import print_summary
from train_toy import train_toy

from ownvoice.config.settings import load_settings
from ownvoice.errors import OwnvoiceError
from ownvoice.storage.lake import Lake

_REFRESH_TIMEOUT_S = 600


def main() -> int:
    """Run the demo; return the exit code."""
    for signal_number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(signal_number, signal.default_int_handler)  # they do what Ctrl-C does
    try:
        return run_demo()
    except KeyboardInterrupt:
        print("\nInterrupted.")
        return 130
    except (OwnvoiceError, httpx.HTTPError) as fault:
        print(f"\ndemo: {fault}", file=sys.stderr)
        return 1


def run_demo() -> int:
    """Start Airflow, refresh, train, show what came of both; return the exit code.

    A fault, or Ctrl-C, ends all until the refresh is over; after that the UI stays open, whatever happens.
    """
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
        refresh = airflow.begin("refresh_preferences")
        print(f"\nThe refresh, to look at (user {USER}, password {password}):\n{airflow.run_page(refresh)}")
        follow(airflow, refresh, _REFRESH_TIMEOUT_S, demo.processes)
        on_fault.pop_all()
    print()
    try:
        return show_outcome(airflow, refresh) or train_toy(airflow, demo.processes)
    finally:
        print()
        print_way_in(demo.address, password)


def show_outcome(airflow: Airflow, refresh: Run) -> int:
    """Print what the refresh left in the lake, or what failed; return the exit code."""
    if not succeeded(airflow, refresh):
        return 1
    print_summary(Lake(LAKE.as_uri()), refresh.run_id)
    return 0


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


if __name__ == "__main__":
    sys.exit(main())
