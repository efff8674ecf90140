"""Shapes that several formats share: one value in several slots, several values in one.

Each function takes the slots of a format and gives the Shape for a row of its table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from citekit import dates, identifiers, pages
from citekit.dates import Date
from citekit.formats.mapping import Fields, Line, Shape
from citekit.formats.text import clean
from citekit.model import Item

ReadText = Callable[[Fields], str | None]
WriteLines = Callable[[Item], Iterator[Line]]


def first(fields: Fields, *slots: str) -> str:
    """The first value of the first of *slots* that has one, or ""."""
    return next((fields[slot][0] for slot in slots if fields.get(slot)), "")


def text(variable: str, slot: str, *, unless: str = "") -> WriteLines:
    """Writes *variable* to *slot*, but for items that have the variable *unless*."""

    def write(item: Item) -> Iterator[Line]:
        if unless not in item.texts:
            yield slot, clean(item.texts[variable])

    return write


# --- dates -----------------------------------------------------------------------------------


def issued(year: str, day: str) -> Shape:
    """The year in one slot, "May 1" in the other; a date without year goes whole to the first."""

    def write(item: Item) -> Iterator[Line]:
        date = item.dates["issued"]
        if date.year is None or date.year < 0:
            yield year, clean(date.edtf)
            return
        yield year, f"{date.year:04}"
        if said := month_and_day(date):
            yield day, said

    def read(fields: Fields) -> Date | None:
        years, days = first(fields, year), first(fields, day)
        # The slot for the day may repeat the year, or lack it.
        for said in (days, f"{days} {years}", years):
            date = Date.from_text(said)
            if date.parts:
                return date
        return Date.from_text(years or days) if years or days else None

    return Shape(write, read)


def month_and_day(date: Date) -> str:
    """The month and day of the first date, "May 1"; "" when only a year is known."""
    _, month, day = (*(date.parts[0] if date.parts else ()), 0, 0, 0)[:3]
    if month > 20:
        return next(name for name, number in dates.SEASONS.items() if number == month).capitalize()
    name = dates.MONTH_NAMES[month - 1] if month else ""
    return f"{name} {day or ''}".strip()


def reading_date(date: Date) -> str:
    """The date as people write it: "May 1, 2020", "May 2020", "Spring 2020", "2020"."""
    if date.year is None or date.year < 0:
        return clean(date.edtf)
    day = month_and_day(date)
    comma = "," if day[-1:].isdecimal() else ""
    return f"{day}{comma} {date.year:04}".strip()


# --- pages -----------------------------------------------------------------------------------


def page(slot: str, number: str = "") -> Shape:
    """The range with a hyphen, shortened ranges in full.

    What only repeats the article number in the slot *number* is no page.
    """

    def write(item: Item) -> Iterator[Line]:
        yield slot, pages.joined(*pages.split(clean(item.texts["page"])))

    def read(fields: Fields) -> str | None:
        said = pages.joined(*pages.split(first(fields, slot)))
        return None if number and said in fields.get(number, ()) else said or None

    return Shape(write, read)


def page_of_whole(whole: Shape) -> Shape:
    """*whole* for books and the like, where a lone number is how many pages there are."""
    return Shape(
        whole.write, lambda fields: None if _count(whole, fields) else _read(whole, fields)
    )


def page_count(slot: str, whole: Shape) -> Shape:
    """The number of pages of a book, in the *slot* for pages as long as that is free."""
    return Shape(text("number-of-pages", slot, unless="page"), lambda fields: _count(whole, fields))


def article_number(page_slot: str, slot: str) -> Shape:
    """The number of an article in its own slot, and where all readers look if there is no page."""

    def write(item: Item) -> Iterator[Line]:
        number = clean(item.texts["number"])
        if "page" not in item.texts:
            yield page_slot, number
        yield slot, number

    return Shape(write, lambda fields: first(fields, slot) or None)


def _read(shape: Shape, fields: Fields) -> str | None:
    said = shape.read(fields) if shape.read else None
    return said if isinstance(said, str) else None


def _count(shape: Shape, fields: Fields) -> str | None:
    said = _read(shape, fields)
    return said if said and said.isdecimal() else None


# --- identifiers -----------------------------------------------------------------------------


def _reader(slot: str, accepts: Callable[[str], bool]) -> ReadText:
    """All values of *slot* that are of one kind: a journal may have two ISSNs."""

    def read(fields: Fields) -> str | None:
        return (
            ", ".join(" ".join(said.split()) for said in fields.get(slot, ()) if accepts(said))
            or None
        )

    return read


def issn(slot: str) -> Shape:
    """An ISSN in a slot for numbers of both kinds."""
    return Shape(read=_reader(slot, identifiers.is_issn))


def issn_if_free(slot: str) -> Shape:
    """The same for what rather has an ISBN there."""
    return Shape(text("ISSN", slot, unless="ISBN"), _reader(slot, identifiers.is_issn))


def isbn(slot: str) -> Shape:
    """An ISBN in a slot for numbers of both kinds: whatever is no ISSN."""
    return Shape(read=_reader(slot, lambda said: not identifiers.is_issn(said)))


def isbn_if_free(slot: str) -> Shape:
    """The same for what rather has an ISSN there."""
    return Shape(text("ISBN", slot, unless="ISSN"), _reader(slot, identifiers.is_isbn))


def pmid(slot: str) -> Shape:
    """A PMID in a slot for accession numbers of all databases."""
    return Shape(read=_reader(slot, str.isdecimal))


def pmcid(slot: str) -> Shape:
    """A PMCID in a slot for whatever people like: Scopus has the PMID there, without letters."""
    read = _reader(slot, lambda said: said[:3].upper() == "PMC" and said[3:].isdecimal())
    return Shape(read=read)


def doi(slot: str, *others: str, urls: tuple[str, ...] = (), keeps_url: bool = True) -> Shape:
    """A DOI in its slot; it is also looked for in *others* and among the *urls*.

    Its address is written to those too, for readers that know addresses only; in the place of
    the item's own, where that has room for one.
    """

    def write(item: Item) -> Iterator[Line]:
        bare = clean(item.texts["DOI"])
        yield slot, bare
        if keeps_url and "URL" in item.texts:
            return
        for url_slot in urls:
            yield url_slot, identifiers.doi_url(bare)

    return Shape(write, lambda fields: find_doi(fields, slot, *others, *urls))


def find_doi(fields: Fields, slot: str, *others: str) -> str | None:
    """The first DOI of those slots; what stands in *slot* is taken for one anyway."""
    texts = (said for name in (slot, *others) for said in fields.get(name, ()))
    found = (identifiers.doi(said) or identifiers.doi(said.partition("\n")[0]) for said in texts)
    return next(filter(None, found), None) or first(fields, slot) or None


def url(slots: tuple[str, ...], *dois: str, is_second: bool = False) -> Shape:
    """A URL that is not just the address of the DOI in one of *dois*.

    Where there is room for one address (*is_second*), the DOI's comes first.
    """

    def write(item: Item) -> Iterator[Line]:
        if not (is_second and "DOI" in item.texts):
            for slot in slots:
                yield slot, clean(item.texts["URL"])

    def read(fields: Fields) -> str | None:
        own = find_doi(fields, *dois, *slots)
        found = (said for slot in slots for said in fields.get(slot, ()))
        return next((said for said in found if not own or identifiers.doi(said) != own), None)

    return Shape(write if is_second else None, read)
