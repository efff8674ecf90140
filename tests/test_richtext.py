"""Markup inside fields: parsed once, written as each output likes it."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit import markup, richtext
from citekit.markup.latex import LATEX
from citekit.tokens import DOWN, UP, text_of

TAGS = [
    "<i>",
    "</i>",
    "<b>",
    "</b>",
    "<sup>",
    "</sup>",
    "<sub>",
    "</span>",
    '<span class="nocase">',
]
TEXTS = st.lists(st.sampled_from([*TAGS, "a ", "1", "<", ">", "&", "p<q x>y", "<br>"])).map("".join)


@pytest.mark.parametrize(
    ("field", "as_html", "as_text"),
    [
        ("H<sub>2</sub>O", "H<sub>2</sub>O", "H₂O"),
        ("10<sup>th</sup> 10<sup>-3</sup>", "10<sup>th</sup> 10<sup>-3</sup>", "10th 10⁻³"),
        ("An <em>E. coli</em>", "An <i>E. coli</i>", "An E. coli"),
        ("p<q in mice and x>y", "p&lt;q in mice and x&gt;y", "p<q in mice and x>y"),
        (
            "<script>alert(1)</script>",
            "&lt;script&gt;alert(1)&lt;/script&gt;",
            "<script>alert(1)</script>",
        ),
        ("<i>open & shut", "&lt;i&gt;open &amp; shut", "<i>open & shut"),
        ("<i>a<b>c</i>d</b>", "<i>a&lt;b&gt;c</i>d&lt;/b&gt;", "a<b>cd</b>"),
        ('<span class="nocase">NaCl</span>', "NaCl", "NaCl"),
        ("<b><i>x</i></b>", "<b><i>x</i></b>", "x"),
    ],
)
def test_fields_as_html_and_text(field: str, as_html: str, as_text: str) -> None:
    """Known tags are fonts; everything else is text, escaped once."""
    tokens = richtext.parse(field)
    assert markup.find("html").write(tokens) == as_html
    assert markup.find("text").write(tokens) == as_text


@given(TEXTS)
def test_marks_always_balance(text: str) -> None:
    """Every mark that opens is closed, innermost first."""
    is_open = []
    for token in richtext.parse(text):
        if token.kind == UP:
            is_open.append(token.mark)
        elif token.kind == DOWN:
            assert is_open.pop() == token.mark
    assert not is_open


@given(TEXTS)
def test_parse_undoes_write(text: str) -> None:
    """Tokens written into a field are read as the same tokens."""
    tokens = richtext.parse(text)
    assert richtext.parse(richtext.write(tokens)) == tokens


@given(TEXTS)
def test_html_shows_the_words(text: str) -> None:
    """Without its tags and escapes, HTML is the words."""
    tokens = richtext.parse(text)
    written = markup.find("html").write(tokens)
    for before, after in markup.find("html").pairs.values():
        written = written.replace(before, "").replace(after, "")
    assert html.unescape(written) == text_of(tokens)


@given(st.text())
def test_latex_balances(text: str) -> None:
    """Braces of LaTeX output always have their partners."""
    written = LATEX.write(richtext.parse(text)).replace("\\{", "{").replace("\\}", "}")
    assert written.count("{") == written.count("}")
