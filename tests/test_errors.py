"""The exit codes, which scripts and the DAG rely on."""

import pytest

from ownvoice.errors import Exit, first_line


def test_every_exit_has_its_own_number_and_those_of_the_command_line_keep_theirs():
    assert len({int(end) for end in Exit}) == len(Exit)
    assert (Exit.BAD_RECIPE, Exit.STORAGE) == (2, 3)


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ValueError("one\ntwo"), "one"),
        (ValueError("\n \n\t two \nthree"), "two"),
        (ValueError("one\rtwo"), "one"),
        (ValueError("x" * 300), "x" * 200),
        (NotImplementedError(), "NotImplementedError"),
        (RuntimeError(""), "RuntimeError"),
        (OSError("\n \x0b\n"), "OSError"),
        (KeyError(), "KeyError"),
        (ImportError(None), "None"),
    ],
)
def test_the_first_line_of_an_error_is_one_that_says_something(error, line):
    assert first_line(error) == line
