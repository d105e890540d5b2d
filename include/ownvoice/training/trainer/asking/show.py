"""One question to several speakers: their answers as they are made, in columns or one below the other."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from queue import SimpleQueue
from typing import TextIO

from ownvoice.terminal import printable
from ownvoice.training.ask_request import AskRequest
from ownvoice.training.trainer.asking.columns import Columns, fits_side_by_side
from ownvoice.training.trainer.asking.speaker import Speaker

Word = tuple[int, str | None]  # the place of the speaker, and a piece of its answer; None at its end


def show_answers(
    question: str, speakers: Sequence[Speaker], request: AskRequest, out: TextIO, cells: int, *, is_live: bool
) -> None:
    """Print a question and the answers to it, in a terminal of so many cells.

    Speakers in columns answer at the same time. Live, the row in progress is shown as it grows. Raises what a speaker
    raises.
    """
    print(f"\n▸ {printable(question)}", file=out, flush=True)
    for speaker in speakers:
        speaker.tokens(question)  # one that cannot take it is told before another begins
    every = list(zip(speakers, (model.label for model in request.models), strict=True))
    for group in [every] if fits_side_by_side(len(every), cells) else [[one] for one in every]:
        columns = Columns(len(group), cells)
        print("", *columns.heading([label for _, label in group]), sep="\n", file=out, flush=True)
        for place, word in _words([speaker for speaker, _ in group], question, request):
            for row in columns.end(place) if word is None else columns.add(place, word):
                print(f"\r{row}" if is_live else row.rstrip(), file=out)
            if is_live:
                print(f"\r{columns.row_in_progress()}\r", end="", file=out)
            out.flush()
        if is_live:
            print(" " * len(columns.row_in_progress()), end="\r", file=out, flush=True)


def _words(speakers: Sequence[Speaker], question: str, request: AskRequest) -> Iterator[Word]:
    """Yield the words of all speakers as they come, each in a thread of its own; then raise what the first raised."""
    words: SimpleQueue[Word] = SimpleQueue()
    stop, errors = threading.Event(), list[Exception]()

    def speak(place: int, speaker: Speaker) -> None:
        try:
            speaker.speak(
                question, request.temperature, request.max_new_tokens, stop, lambda word: words.put((place, word))
            )
        except Exception as error:  # raised where its words are read
            errors.append(error)
            stop.set()
        finally:
            words.put((place, None))

    threads = [threading.Thread(target=speak, args=one) for one in enumerate(speakers)]
    for thread in threads:
        thread.start()
    try:
        speaking = len(threads)
        while speaking:
            place, word = words.get()
            speaking -= word is None
            yield place, word
    finally:  # also where nobody reads any more, as after Ctrl-C
        stop.set()
        for thread in threads:
            thread.join()
    if errors:
        raise errors[0]
