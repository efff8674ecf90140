"""HTML: what a page shows. Records are data, so every `<` and `&` of theirs is escaped."""

from __future__ import annotations

import html

from citekit import tokens
from citekit.markup.base import Markup

HTML = Markup(
    name="html",
    media_type="text/html; charset=utf-8",
    escape=html.escape,
    pairs={
        tokens.ITALIC: ("<i>", "</i>"),
        tokens.BOLD: ("<b>", "</b>"),
        tokens.UNDERLINE: ('<span style="text-decoration:underline">', "</span>"),
        tokens.SMALL_CAPS: ('<span style="font-variant:small-caps">', "</span>"),
        tokens.SUPERSCRIPT: ("<sup>", "</sup>"),
        tokens.SUBSCRIPT: ("<sub>", "</sub>"),
    },
    block=('<div class="csl-entry">', "</div>"),
    around=('<div class="csl-bib-body">\n', "\n</div>"),
)
