"""Hangul syllables as the keys they are typed with on the two-set keyboard."""

from collections.abc import Mapping, Sequence

LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
TAILS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_KEYS = {  # letters that take two presses
    "ㅘ": "ㅗㅏ", "ㅙ": "ㅗㅐ", "ㅚ": "ㅗㅣ", "ㅝ": "ㅜㅓ", "ㅞ": "ㅜㅔ", "ㅟ": "ㅜㅣ", "ㅢ": "ㅡㅣ",
    "ㄳ": "ㄱㅅ", "ㄵ": "ㄴㅈ", "ㄶ": "ㄴㅎ", "ㄺ": "ㄹㄱ", "ㄻ": "ㄹㅁ", "ㄼ": "ㄹㅂ", "ㄽ": "ㄹㅅ",
    "ㄾ": "ㄹㅌ", "ㄿ": "ㄹㅍ", "ㅀ": "ㄹㅎ", "ㅄ": "ㅂㅅ",
}  # fmt: skip
_LETTER = {keys: letter for letter, keys in _KEYS.items()}


def jamo(syllable: str) -> tuple[str, str, str]:
    """Lead, vowel and tail of a syllable; a blank where there is no tail.

    >>> jamo("한")
    ('ㅎ', 'ㅏ', 'ㄴ')
    """
    index = ord(syllable) - 0xAC00
    return LEADS[index // 588], VOWELS[index % 588 // 28], TAILS[index % 28]


def compose(lead: str, vowel: str, tail: str) -> str:
    """The syllable of three letters; empty where there is none.

    >>> compose("ㅎ", "ㅏ", "ㄴ")
    '한'
    """
    if lead not in LEADS or vowel not in VOWELS or tail not in TAILS:
        return ""
    return chr(0xAC00 + LEADS.index(lead) * 588 + VOWELS.index(vowel) * 28 + TAILS.index(tail))


def slips(syllable: str, keys: Mapping[str, Sequence[tuple[str, float]]]) -> list[tuple[str, float]]:
    """Syllables that one mistyped key makes of another, with weights that sum to 1.

    Args:
        keys: what is typed in place of a letter when its key is missed. A consonant is replaced by a
            consonant and a vowel by a vowel; what cannot be written as one syllable is left out.
    """
    letters = list(jamo(syllable))
    out: list[tuple[str, float]] = []
    for at, letter in enumerate(letters):
        presses = _KEYS.get(letter, letter)
        for press, key in enumerate(presses):
            for slip, weight in keys.get(key, ()):
                typed = presses[:press] + slip + presses[press + 1 :]
                typed = _LETTER.get(typed, typed)
                new = compose(*(typed if i == at else old for i, old in enumerate(letters)))
                if new:
                    out.append((new, weight))
    total = sum(weight for _, weight in out)
    return [(new, weight / total) for new, weight in out]


def keys_of(syllable: str) -> str:
    """The keys that write a syllable.

    >>> keys_of("값")
    'ㄱㅏㅂㅅ'
    """
    return "".join(_KEYS.get(letter, letter) for letter in jamo(syllable)).strip()
