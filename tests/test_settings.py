"""Text and TOML values as the fields they are meant for."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetseg.settings import comma_list, write_toml


@pytest.mark.parametrize(
    ("text", "names"), [("cat, dog,cow", ("cat", "dog", "cow")), (" a ,, b,", ("a", "b")), ("", ()), (" , ", ())]
)
def test_names_are_split_at_commas(text, names):
    assert comma_list(text) == names


plain = st.one_of(st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text())


@given(values=st.dictionaries(st.from_regex(r"[a-z_]{1,9}", fullmatch=True), plain | st.lists(st.text())))
def test_written_toml_reads_back(values):
    assert tomllib.loads(write_toml({"run": values}))["run"] == values
