"""The engine citeproc-py: the only module that imports it, and nothing of it is seen outside.

Fonts and the markup inside fields go through the engine as private-use characters, one for each
end of each mark; records lose theirs first. Records are given in the shape that it takes without
a complaint: what it cannot take is given as the nearest thing that it can, and a comment says why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from io import BytesIO
from threading import Lock
from types import SimpleNamespace
from typing import Any, Final

from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, model
from citeproc import source as shapes
from citeproc.string import String
from lxml import etree

from citekit import richtext, tokens
from citekit.csl import locales
from citekit.csl.library import CSL, SAFE, StyleInfo, source
from citekit.dates import Date, Part
from citekit.errors import StyleError
from citekit.model import Item
from citekit.names import Name
from citekit.tokens import DOWN, MARKS, NOCASE, UP, Mark, Token, text_of, words
from citekit.variables import NUMBERS

Tokens = list[Token]


class Peer:
    """A style that citeproc-py runs.

    The engine keeps notes on the elements of the style, so one entry is made at a time.
    """

    def __init__(self, info: StyleInfo, locale: str) -> None:
        self.info = info
        self.locale = locale
        self._lock = Lock()
        self._rules = self._safely("loading", partial(Rules, source(info.path), locale))

    def entry(self, item: Item) -> Tokens:
        """The bibliography's entry of *item*; no other item has a say in it."""
        return self.bibliography([item])[0][1]

    def bibliography(self, items: Iterable[Item]) -> list[tuple[str, Tokens]]:
        """The ids and entries of *items*, in the order of the style."""
        works = {str(number): item for number, item in enumerate(items, 1)}
        cites = self._sorted(works)
        return [(works[cite.key].id, self._entry(cite, works[cite.key])) for cite in cites]

    def _sorted(self, works: dict[str, Item]) -> list[Any]:
        """A cite for each of *works*, in the order of the style and numbered so.

        The keys are ours: the engine lower-cases ids, and "a1" and "A1" would be one work.
        """
        found = shapes.BibliographySource()
        for key, item in works.items():
            found.add(reference(key, item))
        listed = CitationStylesBibliography(self._rules, found, FORMATTER)
        for key, item in works.items():
            listed.register(Citation([cite(key, item)]))
        if len(works) > 1 and self.info.has_bibliography:
            self._safely("the order of the list", listed.sort)
        for one in listed.items:
            # <number variable="citation-number"> looks for the number in the record.
            one.reference["citation-number"] = str(one.number)
        return list(listed.items)

    def _entry(self, cite: Any, item: Item) -> Tokens:
        place = f"item {item.id!r}"
        said = tokens_of(self._safely(place, partial(self._said, cite)))
        if "title" in item and not text_of(said).strip():
            raise StyleError(f"{self.info.id}: {place}: the style has no text for it")
        return said

    def _said(self, cite: Any) -> str:
        """The entry, or the citation where the style has no entry, as in many styles of notes."""
        said: list[Any] = []
        if self.info.has_bibliography:
            said = self._rules.render_bibliography([cite])
        if not said:
            said = [self._rules.render_citation(cite.citation, []) or ""]
        return "".join(map(str, said)).strip()

    def _safely(self, place: str, run: Callable[[], Any]) -> Any:
        with self._lock:
            try:
                return run()
            except Exception as error:
                what = f"citeproc-py: {type(error).__name__}: {error}"
                raise StyleError(f"{self.info.id}: {place}: {what}") from error


# Marks as characters.

_UP: Final = {mark: chr(0xE000 + 2 * index) for index, mark in enumerate(MARKS)}
_DOWN: Final = {mark: chr(0xE001 + 2 * index) for index, mark in enumerate(MARKS)}
_TOKENS: Final = {
    **{char: Token(UP, mark=mark) for mark, char in _UP.items()},
    **{char: Token(DOWN, mark=mark) for mark, char in _DOWN.items()},
}
_CHARS: Final = {(token.kind, token.mark): char for char, token in _TOKENS.items()}
_MARK: Final = re.compile(f"([{''.join(_TOKENS)}])")
_PRIVATE: Final = re.compile("[\ue000-\uf8ff]")


class Said(String):  # type: ignore[misc]  # the engine has no types
    """Text with marks in it: a change of case passes over the marks, and over what is nocase."""

    def lower(self) -> Said:
        return self._cased(str.lower)

    def upper(self) -> Said:
        return self._cased(str.upper)

    def capitalize_first(self) -> Said:
        for index, char in enumerate(self):
            if char == _UP[NOCASE]:
                break
            if char not in _TOKENS:
                return Said(self[:index] + char.upper() + self[index + 1 :])
        return self

    def words(self) -> Iterator[Said]:
        kept = False
        for word in self.split():
            # A word inside a span of several is nocase by itself.
            yield Said(f"{_UP[NOCASE]}{word}{_DOWN[NOCASE]}" if kept else word)
            last = max(word.rfind(_UP[NOCASE]), word.rfind(_DOWN[NOCASE]))
            kept = kept if last < 0 else word[last] == _UP[NOCASE]

    def _cased(self, case: Callable[[str], str]) -> Said:
        out = []
        kept = 0
        for piece in _MARK.split(self):
            kept += (piece == _UP[NOCASE]) - (piece == _DOWN[NOCASE])
            out.append(piece if kept > 0 else case(piece))
        return Said("".join(out))


def marked(text: str) -> Said:
    """A field's text, its markup as private-use characters; "" when there are no words in it."""
    found = richtext.parse(_PRIVATE.sub("", text).strip())
    said = "".join(_CHARS.get((token.kind, token.mark), token.text) for token in found)
    return Said(said if bare(said).strip() else "")


def tokens_of(text: str) -> Tokens:
    """The tokens of a finished text; they balance, whatever the engine cut away."""
    out: Tokens = []
    is_open: list[Mark] = []
    for piece in filter(None, _MARK.split(text.replace(_NO_NUMBER, ""))):
        token = _TOKENS.get(piece)
        if token is None or token.mark is None:
            out.append(words(piece))
        elif token.kind == UP:
            is_open.append(token.mark)
            out.append(token)
        elif token.mark in is_open:
            _close(out, is_open, token.mark)
    while is_open:
        _close(out, is_open, is_open[0])
    return out


def _close(out: Tokens, is_open: list[Mark], mark: Mark) -> None:
    """Ends *mark* where it was opened last, and what was opened inside it."""
    closed = None
    while closed != mark:
        closed = is_open.pop()
        out.append(Token(DOWN, mark=closed))


# The formatter: what the engine calls for a font.

# "<i>J. Biol. Chem.</i>." hides from the engine that two stops meet; outside the mark it sees them.
_STOP_OUTSIDE: Final = frozenset({tokens.ITALIC, tokens.BOLD, tokens.SMALL_CAPS})


def in_font(mark: Mark, text: Any) -> Any:
    """*text* inside *mark*; what is empty or None stays so."""
    if not text:
        return text
    said, stop = str(text), ""
    if mark in _STOP_OUTSIDE and said[-1] in ".,":
        said, stop = said[:-1], said[-1]
    return Said(f"{_UP[mark]}{said}{_DOWN[mark]}{stop}" if said else stop)


def bare(text: Any) -> str:
    """*text* without marks: a term, or what a list is sorted by. Escaping is for the markup."""
    return _PRIVATE.sub("", str(text))


FORMATTER: Final = SimpleNamespace(
    preformat=bare,
    Italic=partial(in_font, tokens.ITALIC),
    Oblique=partial(in_font, tokens.ITALIC),
    Bold=partial(in_font, tokens.BOLD),
    Light=lambda text: text,
    Underline=partial(in_font, tokens.UNDERLINE),
    Superscript=partial(in_font, tokens.SUPERSCRIPT),
    Subscript=partial(in_font, tokens.SUBSCRIPT),
    SmallCaps=partial(in_font, tokens.SMALL_CAPS),
)


# Elements of a style, where the engine stumbles over its own kinds of text or forgets a rule.


class Text(model.Text):  # type: ignore[misc]
    """A macro gives a list of texts or a bare `str`, of which `text-case` knows nothing."""

    def process(self, item: Any, context: Any = None, **kwargs: Any) -> tuple[Any, str]:
        said, language = super().process(item, context, **kwargs)
        if said and "variable" in self.attrib:
            _notes(self, context).setdefault(_SAID, []).append((self.tag, self.get("variable")))
        return (said if said is None else Said(str(said))), language


class Names(model.Names):  # type: ignore[misc]
    """Names that stood in for others are not said again."""

    def process(self, item: Any, names_context: Any = None, context: Any = None, **kw: Any) -> Any:
        notes = _notes(self, context)
        asked = self.get("variable")
        roles = [role for role in asked.split() if (self.tag, role) not in notes.get(_SPENT, ())]
        if not roles:
            raise shapes.VariableError
        self.set("variable", " ".join(roles))
        try:
            said = super().process(item, names_context, context, **kw)
        finally:
            self.set("variable", asked)
        notes.setdefault(_SAID, []).extend((self.tag, role) for role in roles)
        return said


class Substitute(model.Substitute):  # type: ignore[misc]
    """What stood in for names is spent (CSL 1.0.2, Substitute), also when a macro said it."""

    def render(self, item: Any, context: Any = None, **kwargs: Any) -> Any:
        _notes(self, context)[_SAID] = []
        return super().render(item, context, **kwargs)

    def add_to_repressed_list(self, child: Any, context: Any) -> None:  # noqa: ARG002
        notes = _notes(self, context)
        for tag, variable in notes[_SAID]:
            notes.setdefault(_SPENT, []).append((tag, variable))
            notes.setdefault(tag, []).append(variable)


_SAID: Final = "said"
_SPENT: Final = "spent"


def _notes(element: Any, context: Any) -> dict[str, list[Any]]:
    """What the engine notes on the layout during one entry."""
    notes: dict[str, list[Any]] = (element if context is None else context).get_layout().repressed
    return notes


class Number(model.Number):  # type: ignore[misc]
    """A number comes as a bare `str`, of which `text-case` knows nothing."""

    def process(self, *args: Any, **kwargs: Any) -> Any:
        said = super().process(*args, **kwargs)
        return said if said is None else Said(str(said))


class NamePart(model.Name_Part):  # type: ignore[misc]
    """A name that lacks a part would get that part's affixes, or the word "None"."""

    def format_part(self, given: Any, family: Any) -> tuple[Any, Any]:
        new_given, new_family = super().format_part(Said(given or ""), Said(family or ""))
        return str(new_given) if given else given, str(new_family) if family else family


class DatePart(model.Date_Part):  # type: ignore[misc]
    """A season as a number is where the engine fails; here it says nothing.

    What a style asks of a part of a date is for this date: the engine would leave it on the
    locale's element, for the next one too.
    """

    def render(self, *args: Any, **kwargs: Any) -> Any:
        before = dict(self.attrib)
        try:
            return super().render(*args, **kwargs)
        except AssertionError:
            return None
        finally:
            self.attrib.clear()
            self.attrib.update(before)


class Initials(model.Name):  # type: ignore[misc]
    """The engine knows nothing of `initialize="false"`, and writes ". 明 ." for "明"."""

    def initialize(self, given: str, mark: str, context: Any) -> str:
        outer = (self if context is None else context).iterancestors()
        asked = (one.get("initialize") for one in (self, *outer))
        if next(filter(None, asked), "true") == "false" or not any(map(str.isupper, given)):
            return given
        return str(super().initialize(given, mark, context))


class Key(model.Key):  # type: ignore[misc]
    """Marks are no letters, and a title that begins in italics would stand last."""

    def sort_keys(self, *args: Any) -> list[Any]:
        keys = super().sort_keys(*args)
        return [key if key is None or isinstance(key, int) else bare(key) for key in keys]


# fmt: off
ELEMENTS: Final[dict[str, Any]] = {
    "text": Text, "number": Number, "names": Names, "name": Initials, "name-part": NamePart,
    "substitute": Substitute, "date-part": DatePart, "key": Key,
}
# fmt: on


class Rules(CitationStylesStyle):  # type: ignore[misc]
    """A style as the engine has it; not validated, which takes ten times as long as reading."""

    def __init__(self, data: bytes, locale: str) -> None:
        lookup = etree.ElementNamespaceClassLookup()
        namespace = lookup.get_namespace(CSL[1:-1])
        namespace[None] = model.CitationStylesElement
        for one in model.CitationStylesElement.__subclasses__():
            namespace[one.__name__.replace("_", "-").lower()] = one
        namespace.update(ELEMENTS)
        parser = etree.XMLParser(**SAFE)
        parser.set_element_class_lookup(lookup)
        self.xml = etree.parse(BytesIO(data), parser)
        self.root = self.xml.getroot()
        self.root.set_locale_list(locale, validate=False)
        # The engine reads locale files with its own elements; a second reading gives them ours.
        self.root.locales = [
            one if one.getparent() is not None else etree.parse(_file_of(one), parser).getroot()
            for one in self.root.locales
        ]
        for one in self.root.locales:
            one.style = self.root
        for adapt in (named, set_apart, delimited):
            adapt(self.root)


def _file_of(locale: Any) -> str:
    return str(locales.path(locale.get("{http://www.w3.org/XML/1998/namespace}lang")))


def named(root: Any) -> None:
    """Gives <names> the <name> that CSL lets it leave out; the engine would add one each time.

    In <substitute> it stands for the outer one, so there it stays away.
    """
    for element in root.iter(f"{CSL}names"):
        if element.find(f"{CSL}name") is None and element.getparent().tag != f"{CSL}substitute":
            element.insert(0, element.makeelement(f"{CSL}name"))


def set_apart(root: Any) -> None:
    """Blanks where `display` and `second-field-align` mean a new line or column: "1.Chen" else."""
    for element in root.iterfind(".//*[@display]"):
        if element.getprevious() is not None:
            element.set("prefix", f" {element.get('prefix', '').lstrip()}")
        if element.getnext() is not None:
            element.set("suffix", f"{element.get('suffix', '').rstrip()} ")
    for layout in root.iterfind(f"{CSL}bibliography[@second-field-align]/{CSL}layout"):
        for first in layout[:1]:
            first.set("suffix", f"{first.get('suffix', '').rstrip()} ")


def delimited(root: Any) -> None:
    """Gives a date the delimiter of its locale's form, which the engine forgets: "2025Jun27"."""
    for element in root.iter(f"{CSL}date"):
        form = element.get("form")
        if form and element.getparent().tag != f"{CSL}locale" and not element.get("delimiter"):
            localized = root.get_date(form)
            element.set("delimiter", "" if localized is None else localized.get("delimiter", ""))


# Records in the engine's shape.

# The processor's own, whatever a record says: a number in the list and places in a document.
_NOT_GIVEN: Final = frozenset({"citation-number", "locator", "first-reference-note-number"})
# Not a number to the engine: it writes romans digit by digit, and a volume of twelve digits is
# a gigabyte of M.
_NO_NUMBER: Final = "\uf8ff"
_LONG_NUMBER: Final = re.compile(r"(?<!\d)(?=\d{10})")
_PAGES: Final = re.compile(r"\s*[-–,&]\s*")


def reference(key: str, item: Item) -> Any:
    """*item* as the engine's record.

    A variable that the engine does not know is put in all the same: styles find it.
    """
    record = shapes.Reference(key, item.type)
    for variable, text in item.texts.items():
        if variable not in _NOT_GIVEN and (said := value_of(variable, text)):
            file(record, variable, said)
    for variable, people in item.names.items():
        if found := [name for one in people if (name := in_parts(one))]:
            file(record, variable, found)
    for variable, day in item.dates.items():
        if day.parts or day.literal:
            file(record, variable, date(day))
    if "event-title" in record:
        record["event"] = record["event-title"]  # the variable of CSL 1.0.1
    if "page" in record and "page-first" not in record:
        file(record, "page-first", Said(_PAGES.split(record["page"], maxsplit=1)[0]))
    return record


def file(record: Any, variable: str, value: Any) -> None:
    """Under both spellings: <names> and <number> ask with the hyphen, <text> and <date> without."""
    record[variable] = record[variable.replace("-", "_")] = value


def value_of(variable: str, text: str) -> str:
    """A text as the engine's; of the language it takes the first two letters as they are."""
    if variable == "language":
        return bare(text).strip()
    said = marked(text)
    return Said(_LONG_NUMBER.sub(_NO_NUMBER, said)) if variable in NUMBERS else said


def in_parts(name: Name) -> Any:
    """A name as the engine's, or None when there is none; without a family name it is a body."""
    if name.literal or not name.family:
        parts = (name.dropping_particle, name.non_dropping_particle, name.given, name.suffix)
        whole = marked(name.literal or " ".join(filter(None, parts)))
        return shapes.Name(literal=whole) if whole else None
    dropping, kept, family = name.dropping_particle, name.non_dropping_particle, name.family
    # It writes a blank after every particle: "d’" is part of "d’Alembert", or it is "d’ Alembert".
    if kept.endswith(("'", "’", "-")):
        kept, family = "", kept + family
    if dropping.endswith(("'", "’", "-")) and not kept:
        dropping, family = "", dropping + family
    said = {
        "family": marked(family),
        # Markup is not for given names: the initial of "<i>Anna</i>" would be a mark.
        "given": Said(text_of(richtext.parse(bare(name.given)))),
        "suffix": marked(name.suffix),
        "dropping-particle": marked(dropping),
        "non-dropping-particle": marked(kept),
    }
    return shapes.Name(**{part: text for part, text in said.items() if text})


def date(value: Date) -> Any:
    """A date as the engine's."""
    if not value.parts:
        return shapes.LiteralDate(marked(value.literal), circa=value.circa)
    begin, *rest = value.parts
    end = rest[0] if rest else begin
    if not end:
        # A year of 0 is how it takes a range without an end.
        return shapes.DateRange(begin=day(begin), end=shapes.Date(year=0), circa=value.circa)
    if begin[0] == end[0]:
        # It says nothing of March to April 2025 where a style asks for the year alone, and fails
        # where it asks for month and day: what both ends share is said instead.
        size = next(size for size in (3, 2, 1) if begin[:size] == end[:size])
        return day(begin[:size], circa=value.circa)
    # It writes the word "None" for a month that only one end has.
    size = min(len(begin), len(end))
    return shapes.DateRange(begin=day(begin[:size]), end=day(end[:size]), circa=value.circa)


def day(part: Part, *, circa: bool = False) -> Any:
    """One day, month, season or year."""
    found = dict(zip(("year", "month", "day"), part, strict=False))
    if found.get("month", 0) > 20:
        found["season"] = found.pop("month") - 20
    return shapes.Date(circa=circa, **found)


def cite(key: str, item: Item) -> Any:
    """A cite of *item*; labels look for the "number-of-" variables in it, and want integers."""
    counts = {
        variable: text if text.isdecimal() else "1"
        for variable, text in item.texts.items()
        if variable.startswith("number-of-")
    }
    found = CitationItem(key)
    found.update(counts)
    return found
