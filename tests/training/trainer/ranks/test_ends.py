"""Of several processes that end together, the one that failed says why."""

import pytest

from ownvoice.errors import Exit
from ownvoice.training.trainer.ranks.ends import RankEnd, cause_of, leave_end, read_ends


def end(rank, exit, at, message="what to do"):
    return RankEnd(rank, exit, message, at)


NOW = 10.0
LOST = end(0, Exit.FAULT, 2.0, "RuntimeError: connection closed by peer")
STOPPED = end(2, Exit.STOPPED, 3.0, "asked to stop")


@pytest.mark.parametrize(
    ("cause", "others"),
    [
        (end(1, Exit.OUT_OF_MEMORY, 1.0), [LOST, STOPPED]),
        (end(1, Exit.OUT_OF_MEMORY, 2.5), [LOST, STOPPED]),
        (end(0, Exit.BAD_BASE, 1.0), [end(1, Exit.DIVERGED, 1.5)]),
        (end(1, Exit.FAULT, 1.0, "KeyError: 'x'"), [LOST, STOPPED]),
        (end(3, Exit.STORAGE, 9.0), [STOPPED]),
        (end(0, Exit.RUN_HELD, 9.0), [end(1, Exit.FAULT, 8.0)]),
        (end(0, Exit.STOPPED, 9.0), [end(1, Exit.STOPPED, 8.0), STOPPED]),
    ],
)
def test_the_first_that_names_its_error_counts_then_a_fault_then_a_stop(cause, others):
    codes = {one.rank: int(one.exit) for one in [cause, *others]}
    assert cause_of([*others, cause], codes, 4, NOW) == cause


@pytest.mark.parametrize("others", [[], [LOST], [STOPPED], [LOST, STOPPED]])
def test_a_kill_leaves_no_word_and_is_named_before_what_it_does_to_the_others(others):
    cause = cause_of(others, {3: -9, 0: 1}, 4, NOW)
    assert (cause.rank, cause.exit) == (3, Exit.FAULT)
    assert "process 3 of 4 (counted from 0) was ended by SIGKILL" in cause.message
    assert "OWNVOICE_TRAINER_MEMORY" in cause.message


@pytest.mark.parametrize("codes", [{0: 1, 1: -15}, {0: 1, 1: -6}, {0: 1, 1: -15, 2: -6}])
def test_a_signal_that_follows_from_a_fault_is_not_its_cause(codes):
    assert cause_of([LOST], codes, 4, NOW) == LOST


def test_a_process_that_the_launcher_had_to_kill_long_after_a_fault_is_not_its_cause():
    assert cause_of([LOST], {0: 1, 1: -9}, 4, LOST.at + 30) == LOST


@pytest.mark.parametrize(("number", "name"), [(9, "SIGKILL"), (11, "SIGSEGV"), (7, "SIGBUS"), (6, "SIGABRT")])
def test_every_signal_is_named(number, name):
    assert name in cause_of([], {1: -number}, 2, NOW).message


def test_an_error_that_was_named_is_the_cause_of_a_kill():
    assert cause_of([end(0, Exit.OUT_OF_MEMORY, 1.0)], {1: -9}, 2, NOW).exit is Exit.OUT_OF_MEMORY


@pytest.mark.parametrize(("codes", "exit"), [({0: 1, 1: 1}, Exit.FAULT), (None, Exit.STOPPED)])
def test_processes_that_leave_no_word_end_in_a_sentence_all_the_same(codes, exit):
    cause = cause_of([], codes, 2, NOW)
    assert cause.exit is exit
    assert cause.message.endswith("Start the same command again: it goes on from the last checkpoint.")


def test_an_end_is_read_as_it_was_left(tmp_path):
    leave_end(tmp_path, 1, Exit.DIVERGED, "loss is nan at step 3")
    (tmp_path / "rank-0.part").write_text('{"ra')
    [found] = read_ends(tmp_path)
    assert (found.rank, found.exit, found.message) == (1, Exit.DIVERGED, "loss is nan at step 3")
