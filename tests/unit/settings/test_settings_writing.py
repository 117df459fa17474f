"""What is written is read back as it was, whatever the texts look like."""

from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from crossbook.settings import load_text, values_in, write

WORDS = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8),
    st.from_regex(r"\A[-+]?[0-9]{0,3}\.?[0-9]{0,3}([eE][-+]?[0-9]{1,2})?\Z"),
    st.sampled_from(
        [
            "1e5",
            "0o17",
            "12e03",
            "+.5",
            "null",
            "~",
            "yes",
            "True",
            ".inf",
            "0x1f",
            "1_000",
            "12:30",
            "=",
            "<<",
        ]
    ),
)


class Settings(BaseModel):
    texts: list[str]
    named: dict[str, str | int | float]


@given(
    texts=st.lists(WORDS, max_size=4),
    named=st.dictionaries(
        WORDS, st.one_of(WORDS, st.integers(-(10**12), 10**12), st.floats(-1e9, 1e9)), max_size=4
    ),
)
def test_what_is_written_is_read_back(texts: list[str], named: dict[str, str | int | float]) -> None:
    named.pop("", None)
    plain = {"texts": texts, "named": named}
    found = load_text(write(plain), Settings, "written").settings
    assert found.model_dump() == plain


def test_values_are_counted_as_the_reader_does() -> None:
    assert values_in({"a": [1, 2, {"b": "c"}], "d": None}) == 10
