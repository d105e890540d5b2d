from hypothesis import given
from hypothesis import strategies as st

from ownvoice.dataset.digest import digest_of, empty_lattice, from_text, lattice_of, to_text

ROWS = st.lists(st.fixed_dictionaries({"pair_id": st.text(max_size=4), "chosen": st.text(max_size=8)}), max_size=8)


@given(ROWS, st.randoms())
def test_the_order_of_rows_does_not_matter(rows, random):
    shuffled = random.sample(rows, len(rows))
    assert digest_of(lattice_of(shuffled)) == digest_of(lattice_of(rows))


@given(ROWS, ROWS)
def test_rows_that_are_added_and_taken_away_leave_no_trace(rows, others):
    lattice = empty_lattice() + lattice_of(rows) + lattice_of(others) - lattice_of(rows)
    assert digest_of(lattice) == digest_of(lattice_of(others))


@given(ROWS, st.data())
def test_any_change_of_a_row_changes_the_digest(rows, data):
    changed = [*rows, {"pair_id": "new", "chosen": data.draw(st.text(max_size=8))}]
    assert digest_of(lattice_of(changed)) != digest_of(lattice_of(rows))


def test_a_row_that_stands_twice_is_not_a_row_that_stands_once():
    row = {"pair_id": "a"}
    assert digest_of(lattice_of([row, row])) != digest_of(lattice_of([row]))


@given(ROWS)
def test_a_row_that_was_never_balanced_has_the_digest_it_had_before_there_were_selections(rows):
    unbalanced = [row | {"selected": None, "selected_reason": None} for row in rows]
    assert digest_of(lattice_of(unbalanced)) == digest_of(lattice_of(rows))


def test_the_digest_covers_what_is_trained_on():
    row = {"pair_id": "a", "selected": True, "selected_reason": None}
    assert digest_of(lattice_of([row])) != digest_of(lattice_of([row | {"selected": False}]))


@given(ROWS)
def test_a_lattice_survives_being_written_down(rows):
    lattice = lattice_of(rows)
    assert (from_text(to_text(lattice)) == lattice).all()
