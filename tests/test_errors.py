"""The exit codes, which scripts and the DAG rely on."""

from ownvoice.errors import Exit


def test_every_exit_has_its_own_number_and_those_of_the_command_line_keep_theirs():
    assert len({int(end) for end in Exit}) == len(Exit)
    assert (Exit.BAD_RECIPE, Exit.STORAGE) == (2, 3)
