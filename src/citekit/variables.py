"""Every CSL variable with its kind, and every item type (CSL 1.0.2, appendices III and IV).

Tables only. `tests/test_model.py` compares them with lists made from the specification.
"""

from __future__ import annotations

from typing import Final

NAMES: Final = frozenset(
    """
    author chair collection-editor compiler composer container-author contributor curator
    director editor editor-translator editorial-director executive-producer guest host illustrator
    interviewer narrator organizer original-author performer producer recipient reviewed-author
    script-writer series-creator translator
    """.split()
)

DATES: Final = frozenset(
    "accessed available-date event-date issued original-date submitted".split()
)

NUMBERS: Final = frozenset(
    """
    chapter-number citation-number collection-number edition first-reference-note-number issue
    locator number number-of-pages number-of-volumes page page-first part-number printing-number
    section supplement-number version volume
    """.split()
)

# Titles may hold the markup of rich text: <i> <b> <sup> <sub> <sc> and the nocase span.
TITLES: Final = frozenset(
    """
    collection-title container-title container-title-short event-title original-title part-title
    reviewed-title title title-short volume-title volume-title-short
    """.split()
)

STRINGS: Final = frozenset(
    """
    abstract annote archive archive_collection archive_location archive-place authority call-number
    citation-key citation-label dimensions division DOI event-place genre ISBN ISSN jurisdiction
    keyword language license medium note original-publisher original-publisher-place PMCID PMID
    publisher publisher-place references reviewed-genre scale source status URL year-suffix
    """.split()
)

TEXTS: Final = NUMBERS | TITLES | STRINGS
VARIABLES: Final = NAMES | DATES | TEXTS

# Older and wild spellings of a variable (CSL 1.0.1, Zotero, the CSL-JSON schema, pandoc).
VARIABLE_ALIASES: Final = {
    "shortTitle": "title-short",
    "short-title": "title-short",
    "journalAbbreviation": "container-title-short",
    "event": "event-title",
    "part": "part-number",
    "printing": "printing-number",
    "supplement": "supplement-number",
    "doi": "DOI",
    "isbn": "ISBN",
    "issn": "ISSN",
    "pmid": "PMID",
    "pmcid": "PMCID",
    "url": "URL",
}

TYPES: Final = tuple(
    """
    article article-journal article-magazine article-newspaper bill book broadcast chapter classic
    collection dataset document entry entry-dictionary entry-encyclopedia event figure graphic
    hearing interview legal_case legislation manuscript map motion_picture musical_score pamphlet
    paper-conference patent performance periodical personal_communication post post-weblog
    regulation report review review-book software song speech standard thesis treaty webpage
    """.split()
)

# What the wild writes in `type`, without case, blanks and marks: Crossref, DataCite, Zotero,
# schema.org and BibTeX words. CSL's own names are added below.
TYPE_ALIASES: Final = {
    "journalarticle": "article-journal",
    "scholarlyarticle": "article-journal",
    "magazinearticle": "article-magazine",
    "newspaperarticle": "article-newspaper",
    "preprint": "article",
    "postedcontent": "article",
    "workingpaper": "article",
    "bookchapter": "chapter",
    "booksection": "chapter",
    "bookpart": "chapter",
    "inbook": "chapter",
    "incollection": "chapter",
    "monograph": "book",
    "editedbook": "book",
    "referencebook": "book",
    "bookset": "book",
    "bookseries": "book",
    "proceedings": "book",
    "proceedingsarticle": "paper-conference",
    "conferencepaper": "paper-conference",
    "inproceedings": "paper-conference",
    "dissertation": "thesis",
    "phdthesis": "thesis",
    "mastersthesis": "thesis",
    "computerprogram": "software",
    "softwaresourcecode": "software",
    "program": "software",
    "data": "dataset",
    "database": "dataset",
    "peerreview": "review",
    "techreport": "report",
    "reportcomponent": "report",
    "referenceentry": "entry",
    "encyclopediaarticle": "entry-encyclopedia",
    "dictionaryentry": "entry-dictionary",
    "blogpost": "post-weblog",
    "forumpost": "post",
    "statute": "legislation",
    "case": "legal_case",
    "film": "motion_picture",
    "movie": "motion_picture",
    "videorecording": "motion_picture",
    "audiorecording": "song",
    "tvbroadcast": "broadcast",
    "radiobroadcast": "broadcast",
    "podcast": "broadcast",
    "artwork": "graphic",
    "image": "graphic",
    "letter": "personal_communication",
    "email": "personal_communication",
    "presentation": "speech",
    "website": "webpage",
    "misc": "document",
    "other": "document",
    "journal": "periodical",
}


def plain_type(name: str) -> str:
    """*name* as a key of the type table: "Journal-Article" → "journalarticle"."""
    return "".join(filter(str.isalpha, name.lower()))


TYPE_BY_NAME: Final = TYPE_ALIASES | {plain_type(name): name for name in TYPES}


def is_true(value: object) -> bool:
    """CSL-JSON's loose booleans: 1, "1", "true", true."""
    return value not in (None, False, 0, "", "0", "false", "no")
