"""The lexicon rows: what the invented world can talk about, with the English words (our own list).

A row belongs to one split: fine-tuning never shows the content words that dev and test use. Only
function words (articles, prepositions, question words ...) are shared. A thing class moves as a
whole, its category noun (the first word) included, so that ``fruit`` and ``apple`` stay together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

Split = Literal["train", "dev", "test"]
SPLITS: tuple[Split, ...] = ("train", "dev", "test")

PERSONS = (
    "cook teacher farmer doctor singer painter soldier baker sailor tailor judge nurse "
    "pilot miner hunter driver writer dancer guard barber priest lawyer student plumber"
)
THINGS: Mapping[str, Mapping[Split, tuple[str, ...]]] = {
    "hard": {
        "train": (
            "tool hammer knife shovel ladder needle",
            "furniture table chair shelf bench cupboard",
            "garment coat shirt glove scarf hat",
        ),
        "dev": ("vessel bottle bucket jar kettle cup",),
        "test": ("vehicle cart bicycle boat sledge tractor", "instrument drum violin flute harp trumpet"),
    },
    "food": {
        "train": ("fruit apple pear plum lemon cherry", "meat ham bacon sausage steak chicken"),
        "dev": ("nut almond walnut peanut chestnut pistachio",),
        "test": ("vegetable carrot onion cabbage pumpkin potato",),
    },
    "animal": {
        "train": ("bird owl crow duck swan eagle",),
        "dev": ("insect bee moth beetle spider cricket",),
        "test": ("beast wolf donkey goat rabbit camel",),
    },
}
PLACES = (
    "garden market kitchen harbour forest castle village station valley church desert island "
    "stable library tower cellar meadow prison"
)
TIMES = "yesterday recently earlier tonight finally twice once lately afterwards meanwhile beforehand again"
MANNERS = "slowly quickly quietly carefully gladly secretly calmly suddenly rudely noisily eagerly lazily"
FIRST_NAMES = (
    "Ada Boris Clara Doran Elsa Farid Greta Hugo Irma Jonas Kira Lorenz "
    "Mira Nadim Olga Pavel Rosa Samir Tilda Ugo Vera Wanda Yoran Zelda"
)
CITIES = (
    "Arvika Belmora Cordava Dunmere Eskola Farland Galdor Hedwick Ivarna "
    "Kalmona Lundby Mirova Norhaven Ostrava Pelsin Rondel Savona Tormund"
)
SOCIETIES = "bank college museum theatre orchestra academy"
NUMBERS = "two three four five six seven"

CAUSES: Mapping[str, tuple[str, str, str]] = {
    # name: (what it is done to, verbs as base[/past[/participle]], adjectives for what follows)
    "break": ("hard", "break/broke/broken crush smash crack shatter", "useless ruined worthless damaged"),
    "clean": ("hard", "wash wipe scrub/scrubbed polish rinse", "clean shiny spotless gleaming"),
    "paint": ("hard", "paint colour decorate varnish dye", "bright pretty colourful splendid"),
    "heat": ("food", "boil bake fry/fried roast grill", "hot steaming warm tender"),
    "spoil": ("food", "spoil burn scorch soil drop/dropped", "nasty bitter inedible rotten"),
    "feed": ("animal", "feed/fed/fed nourish fatten stuff water", "full strong lively plump"),
    "hurt": ("animal", "hit/hit/hit kick wound scratch bite/bit/bitten", "hurt sore weak lame"),
    "praise": ("person", "praise thank hug/hugged kiss reward", "happy proud cheerful pleased"),
    "insult": ("person", "insult mock rob/robbed cheat betray", "angry sad upset offended"),
}
ACTIONS = (
    "buy/bought/bought sell/sold/sold find/found/found lose/lost/lost carry/carried see/saw/seen "
    "draw/drew/drawn hide/hid/hidden steal/stole/stolen want take/took/taken bring/brought/brought"
)
DEEDS = "sleep/slept laugh cry/cried wait sing/sang swim/swam dance run/ran fall/fell smile rest speak/spoke"
ANTONYMS = (
    "big/small old/new heavy/light long/short thick/thin rich/poor dark/pale soft/rough "
    "tall/low round/square quick/sluggish famous/unknown clever/foolish cheap/costly brave/timid loud/silent "
    "common/rare plain/fancy"
)
FUNCTION: Mapping[str, tuple[str, str]] = {
    # name: (universal part of speech, English)
    "the": ("DET", "the"),
    "not": ("PART", "not"),
    "did": ("AUX", "did"),
    "was": ("AUX", "was"),
    "by": ("ADP", "by"),
    "in": ("ADP", "in"),
    "with": ("ADP", "with"),
    "from": ("ADP", "from"),
    "of": ("ADP", "of"),
    "and": ("CCONJ", "and"),
    "because": ("SCONJ", "because"),
    "so": ("SCONJ", "so"),
    "who": ("PRON", "who"),
    "what": ("PRON", "what"),
    "where": ("ADV", "where"),
    "when": ("ADV", "when"),
    "how": ("ADV", "how"),
    "reason": ("NOUN", "cause"),
    "result": ("NOUN", "effect"),
}

PART_OF_SPEECH: Mapping[str, str] = {
    "person": "NOUN", "thing": "NOUN", "place": "NOUN", "society": "NOUN", "first": "PROPN", "city": "PROPN",
    "time": "ADV", "manner": "ADV", "number": "NUM", "cause": "VERB", "action": "VERB", "deed": "VERB",
    "effect": "ADJ", "quality": "ADJ",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """One lexicon row.

    Attributes:
        name: unique; the English base form, with a number where English has the word twice.
        sort: person, thing, place, ... or ``function``.
        split: whose content word it is; None for function words.
        english: the forms: base, and for verbs past and participle.
        group: thing class, cause name or antonym pair the row belongs to; empty elsewhere.
        category: whether it is the category noun of its thing class.
    """

    name: str
    sort: str
    part_of_speech: str
    split: Split | None
    english: tuple[str, ...]
    group: str = ""
    category: bool = False


@cache
def concepts() -> Mapping[str, Concept]:
    """All rows by name, in a fixed order."""
    rows: list[Concept] = []

    def add(sort: str, words: str, pattern: str, group: str = "") -> None:
        for i, word in enumerate(words.split()):
            split = _SPLIT_OF[pattern[i % len(pattern)]]
            rows.append(_concept(word, sort, split, group))

    add("person", PERSONS, "tetdte")
    for kind, by_split in THINGS.items():
        for split, classes in by_split.items():
            for words in classes:
                head = words.split()[0]
                rows.extend(
                    _concept(word, "thing", split, f"{kind}:{head}", category=word == head)
                    for word in words.split()
                )
    add("place", PLACES, "tetdte")
    add("time", TIMES, "tetdte")
    add("manner", MANNERS, "tetdte")
    add("first", FIRST_NAMES, "tetdte")
    add("city", CITIES, "tetdte")
    add("society", SOCIETIES, "tetdte")
    add("number", NUMBERS, "tetdte")
    for cause, (_, verbs, effects) in CAUSES.items():
        add("cause", verbs, "tetde", cause)
        add("effect", effects, "ttde", cause)
    add("action", ACTIONS, "tetdte")
    add("deed", DEEDS, "tetdte")
    for i, pair in enumerate(ANTONYMS.split()):
        split = _SPLIT_OF["tetdte"[i % 6]]
        rows.extend(_concept(word, "quality", split, pair) for word in pair.split("/"))
    rows.extend(
        Concept(name=name, sort="function", part_of_speech=pos, split=None, english=(word,))
        for name, (pos, word) in FUNCTION.items()
    )
    return {row.name: row for row in rows}


@cache
def members(sort: str, split: Split | None = None, group: str = "") -> tuple[Concept, ...]:
    """Rows of one sort, of one split when given (all splits for pretraining), and of one group when given."""
    return tuple(
        row
        for row in concepts().values()
        if row.sort == sort and split in (None, row.split) and row.group.startswith(group)
    )


@cache
def opposite(concept: Concept) -> Concept:
    """The antonym of a quality."""
    first, second = concept.group.split("/")
    return concepts()[second if concept.name == first else first]


@cache
def category(concept: Concept) -> Concept:
    """The category noun of a thing: of apple, fruit."""
    return next(row for row in members("thing", concept.split, concept.group) if row.category)


_SPLIT_OF: Mapping[str, Split] = {"t": "train", "d": "dev", "e": "test"}


def _concept(word: str, sort: str, split: Split, group: str, *, category: bool = False) -> Concept:
    base, *rest = word.split("/")
    forms: tuple[str, ...] = (base,)
    if sort in ("cause", "action", "deed"):
        past = rest[0] if rest else base + ("d" if base.endswith("e") else "ed")
        forms = (base, past, rest[1] if len(rest) > 1 else past)
    return Concept(
        name=base,
        sort=sort,
        part_of_speech=PART_OF_SPEECH[sort],
        split=split,
        english=forms,
        group=group,
        category=category,
    )
