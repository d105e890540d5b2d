"""End what `make demo` started, and nothing else.

Run as: make demo-stop (python demo/stop.py)
"""

from __future__ import annotations

from environment import HOME, LAKE, STATE
from processes import end_demo


def main() -> None:
    """End the demo; print what was ended and which folders stay."""
    has_ended = False
    for sentence in end_demo(STATE):
        print(sentence, flush=True)
        has_ended = True
    if not has_ended:
        print("There is nothing to end: no demo was started here.")
    for what, folder in (("the lake", LAKE), ("Airflow's home", HOME)):
        if folder.exists():
            print(f"{what} stays: {folder}  (delete it to start over)")


if __name__ == "__main__":
    main()
