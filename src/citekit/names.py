"""Name: one person or body, and what a line of text says of one.

Neighbours: `model` keeps names in items; `formats` reads and writes them as each format likes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct

from citekit.variables import is_true

# Words that open a family name or close a given name without being part of the name's head.
PARTICLES: Final = frozenset(
    """
    af al am an ap auf av bar ben bin d da dal dalla das de degli dei del dela della delle dello
    den der des di do dos du e el ibn im in la las le les lo los van vande vander vanden vom von
    y zu zum zur 't 's 'n ten ter te
    """.split()
)
JOINED: Final = ("d'", "d’", "l'", "l’", "al-", "el-", "as-", "ad-", "ar-", "at-", "an-")
SUFFIXES: Final = frozenset({"jr", "sr", "ii", "iii", "iv", "v", "esq", "phd", "md"})


class Name(
    Struct,
    frozen=True,
    omit_defaults=True,
    repr_omit_defaults=True,
    rename="kebab",
    forbid_unknown_fields=True,
):
    """One person or body, with CSL-JSON's parts. A body has only `literal`.

    >>> Name(family="Berg", given="Jan", non_dropping_particle="van der").sort_form
    'van der Berg, Jan'
    """

    family: str = ""
    given: str = ""
    literal: str = ""
    suffix: str = ""
    dropping_particle: str = ""
    non_dropping_particle: str = ""
    comma_suffix: bool = False
    static_ordering: bool = False
    extra: Mapping[str, Any] | None = None

    @property
    def whole_family(self) -> str:
        """The family name with its particles in front: "van der Berg", "d’Arc"."""
        particle = glue(self.dropping_particle, self.non_dropping_particle)
        return glue(particle, self.family)

    @property
    def sort_form(self) -> str:
        """The name as indexes and RIS have it: "van der Berg, Jan, Jr."; a body as it stands."""
        if self.literal:
            return self.literal
        parts = (self.whole_family, self.given, self.suffix)
        return ", ".join(part for part in parts if part)


def glue(particle: str, name: str) -> str:
    """*particle* before *name*: no blank after an apostrophe or a hyphen."""
    if not particle or not name:
        return particle or name
    return f"{particle}{name}" if particle[-1] in "'’-" else f"{particle} {name}"


def person(family: str, given: str = "", suffix: str = "", *, comma_suffix: bool = False) -> Name:
    """The Name of a person, with particles moved to their own part.

    Lower-case particles that open the family name do not drop ("van der Berg"); those that close
    the given name do ("Ludwig van"). A family name in quotation marks is left as it stands, as
    the CSL-JSON practice is.

    >>> person("van der Berg", "Jan").non_dropping_particle
    'van der'
    >>> person("Beethoven", "Ludwig van").dropping_particle
    'van'
    """
    if len(family) > 2 and family[0] == family[-1] == '"':
        return Name(family[1:-1], given, suffix=suffix, comma_suffix=comma_suffix)
    before, family = _split_family(family)
    given, dropping = _split_given(given)
    return Name(
        family=family,
        given=given,
        suffix=suffix,
        dropping_particle=dropping,
        non_dropping_particle=before,
        comma_suffix=comma_suffix,
    )


def body(literal: str) -> Name:
    """The Name of an organisation, a group or anything else that is one string."""
    return Name(literal=literal)


def from_sort_form(text: str) -> Name:
    """The Name in "Family, Given, Suffix"; text without a comma, or with a last one, is a body.

    >>> from_sort_form("King, Martin Luther, Jr.")
    Name(family='King', given='Martin Luther', suffix='Jr.')
    >>> from_sort_form("World Health Organization,")
    Name(literal='World Health Organization')
    """
    parts = [part.strip() for part in text.split(",")]
    while parts and not parts[-1]:
        parts.pop()
    if len(parts) < 2:
        return body(parts[0] if parts else "")
    family, given, *rest = parts
    if rest and _is_suffix(given) and not _is_suffix(rest[0]):
        given, rest = rest[0], [given, *rest[1:]]
    return person(family, given, ", ".join(rest))


def from_csl(value: Mapping[str, Any]) -> Name:
    """The Name in a CSL-JSON name object; keys that CSL does not know go to `extra`.

    Raises ValueError with the key and what was wanted.
    """
    parts: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    for key, part in value.items():
        field = key.replace("-", "_")
        if field in _TEXT_PARTS:
            if part is None:
                continue
            if isinstance(part, bool) or not isinstance(part, str | int | float):
                raise ValueError(f"{key}: {_said(part)} (wanted text)")
            parts[field] = str(part).strip()
        elif field in _FLAG_PARTS:
            parts[field] = is_true(part)
        elif key != "parse-names":
            extra[key] = part
    return tidy(Name(**parts, extra=extra or None))


def tidy(name: Name) -> Name:
    """*name* with its particles in their own parts, unless it has some already."""
    if name.literal or not name.family or not name.given:
        return name
    if name.non_dropping_particle or name.dropping_particle:
        return name
    if not _may_hold_particle(name):
        return name
    split = person(name.family, name.given)
    return msgspec.structs.replace(
        name,
        family=split.family,
        given=split.given,
        dropping_particle=split.dropping_particle,
        non_dropping_particle=split.non_dropping_particle,
    )


_TEXT_PARTS: Final = frozenset(
    "family given literal suffix dropping_particle non_dropping_particle".split()
)
_FLAG_PARTS: Final = frozenset({"comma_suffix", "static_ordering"})


def _said(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _may_hold_particle(name: Name) -> bool:
    """Cheap first look: most names open with a capital and hold no lower-case word at the end."""
    first = name.family[0]
    last = name.given.rsplit(" ", 1)[-1]
    return not first.isupper() or last[:1].islower() or first == '"'


def _is_particle(word: str) -> bool:
    return word in PARTICLES or (word.endswith(("'", "’")) and word[:-1] in PARTICLES)


def _is_suffix(text: str) -> bool:
    return text.lower().replace(".", "") in SUFFIXES


def _split_family(family: str) -> tuple[str, str]:
    words = family.split()
    count = 0
    while count < len(words) - 1 and _is_particle(words[count]):
        count += 1
    rest = " ".join(words[count:])
    before = " ".join(words[:count])
    for joined in JOINED:
        if rest.startswith(joined) and len(rest) > len(joined):
            return f"{before} {joined}".strip(), rest[len(joined) :]
    return before, rest


def _split_given(given: str) -> tuple[str, str]:
    words = given.split()
    count = len(words)
    while count > 1 and _is_particle(words[count - 1]):
        count -= 1
    return " ".join(words[:count]), " ".join(words[count:])
