"""Airflow, the sample articles, one refresh and one training on this machine: no key, no cluster, no GPU.

Airflow's UI stays open on loopback. All files are in .airflow and .ownvoice/demo-lake.

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
        signal.signal(signal_number, signal.default_int_handler)  # as Ctrl-C does
    try:
        return run_demo()
    except KeyboardInterrupt:
        print("\nInterrupted.")
        return 130
    except (OwnvoiceError, httpx.HTTPError) as fault:
        print(f"\ndemo: {fault}", file=sys.stderr)
        return 1


def run_demo() -> int:
    """Start Airflow, refresh, train, show the results; return the exit code.

    Until the refresh has ended, a fault or Ctrl-C ends all processes; after that the UI stays open.
    """
    password = prepared_password()
    demo = read_demo(STATE)
    if demo and all(one.is_alive for one in demo.processes):
        print("The demo is running already.\n")
        print_way_in(demo.address, password)
        return 0
    end_all()  # the rest of a demo that crashed
    # Checked here, because with a wrong setting Airflow would not show the DAG at all.
    settings = load_settings(articles=ARTICLES.as_uri(), lake=LAKE.as_uri())
    print_introduction(settings.recipe.model)
    with contextlib.ExitStack() as on_fault:
        on_fault.callback(end_all)
        demo = launch()
        airflow = ready_airflow(demo, password)
        refresh = airflow.begin("refresh_preferences")
        print(f"\nWatch the refresh here (user {USER}, password {password}):\n{airflow.run_page(refresh)}")
        follow(airflow, refresh, _REFRESH_TIMEOUT_S, demo.processes)
        on_fault.pop_all()
    print()
    try:
        return show_outcome(airflow, refresh) or train_toy(airflow, demo.processes)
    finally:
        print()
        print_way_in(demo.address, password)


def show_outcome(airflow: Airflow, refresh: Run) -> int:
    """Print the results of the refresh, or what failed; return the exit code."""
    if not succeeded(airflow, refresh):
        return 1
    print_summary(Lake(LAKE.as_uri()), refresh.in_lake)
    return 0


def print_introduction(model: str) -> None:
    """Print which articles and lake are used, and which model answers."""
    print(f"articles  {ARTICLES}\nlake      {LAKE}")
    if has_model(os.environ):
        print(f"model     {model} at {os.environ.get('OPENAI_BASE_URL') or 'https://api.openai.com/v1'}\n")
    else:
        print("model     the offline model, which rewords sentences by rules on this machine and needs no key.")
        print("          Set OPENAI_API_KEY, or OPENAI_BASE_URL for another endpoint, to ask a real model.\n")


def print_way_in(address: str, password: str) -> None:
    """Print the address of the UI, the login, and how to end the demo."""
    print(f"Airflow   {address}   user {USER}   password {password}\nend it    make demo-stop")


def end_all() -> None:
    """End all processes; neither a second Ctrl-C nor a closed terminal interrupts that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for sentence in end_demo(STATE):
        with contextlib.suppress(OSError):
            print(sentence, flush=True)
    signal.signal(signal.SIGINT, signal.default_int_handler)


if __name__ == "__main__":
    sys.exit(main())
