"""A markup is a table: what each mark opens and closes with, and how text is escaped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from citekit.tokens import DOWN, Mark, Token

Pair = tuple[str, str]


class Markup(Struct, frozen=True):
    """How tokens are written in one markup.

    `pairs` holds (before, after) for each mark that the markup can say; the others vanish and
    their words stay. `block` wraps one entry of a list, `join` stands between entries, `around`
    wraps the list.
    """

    name: str
    media_type: str
    escape: Callable[[str], str]
    pairs: Mapping[Mark, Pair] = {}
    block: Pair = ("", "")
    join: str = "\n"
    around: Pair = ("", "")

    def write(self, tokens: Iterable[Token]) -> str:
        """*tokens* as text of this markup; each word is escaped exactly once."""
        out = []
        for token in tokens:
            if token.mark is None:
                out.append(self.escape(token.text))
            else:
                out.append(self._pair(token.mark)[token.kind == DOWN])
        return "".join(out)

    def listing(self, entries: Iterable[str]) -> str:
        """Written *entries* as one list."""
        before, after = self.block
        body = self.join.join(f"{before}{entry}{after}" for entry in entries)
        return f"{self.around[0]}{body}{self.around[1]}"

    def _pair(self, mark: Mark) -> Pair:
        return self.pairs.get(mark, ("", ""))
