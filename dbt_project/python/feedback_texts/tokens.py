"""From a text to the words that tell what it is about.

Belongs here: cutting texts into words, and which words say nothing. Does not belong here: counting them.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

_MARK = re.compile(r"\[(?:email|url|handle|phone|personal)\]")
_WORD = re.compile(r"[^\W\d_](?:[^\W_]|['’](?=\w))+")
_DRAWN_OUT = re.compile(r"(\w)\1{2,}")
# Scripts written without spaces between words.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+")
# Chat spellings of stop words, which the lists lack.
_CHAT = {
    "en": "u ur plz pls im dont cant didnt doesnt isnt wont ive thats r n",
    "id": (
        "yg yng gk gak ga g gx ngga nggak enggak tdk tak dgn utk krn karna knp knpa knapa kok ko sih aja aj"
        " saja nya banget bgt udah udh dah sdh ya yaa tp tapi klo kalo kalau gua gue gw ku aku sy saya lo lu"
        " dong deh nih jd jdi jadi dr dri pd sm sama lg lagi trus terus bs bisa mau pas blm"
    ),
}


@cache
def stop_words(language: str) -> frozenset[str]:
    """Words of a language (BCP 47) that tell nothing of a theme, and the English ones, which are everywhere.

    A language without a list has the English ones only.
    """
    import stopwordsiso

    code = language.split("-")[0].lower()
    found: set[str] = set()
    for name in (code, "en"):
        found.update(stopwordsiso.stopwords(name) if stopwordsiso.has_lang(name) else ())
        found.update(_CHAT.get(name, "").split())
    return frozenset(found)


def words(text: str, language: str) -> list[str]:
    """Return the words of a text in order, lower case, drawn-out letters shortened (`goooood`, `good`).

    Marks of redaction, numbers and stop words are left out. Scripts without spaces give overlapping pairs of
    characters, which tell less than words would.
    """
    plain = _DRAWN_OUT.sub(r"\1\1", _MARK.sub(" ", text.lower()))
    stops = stop_words(language)
    found: list[str] = []
    for match in _WORD.finditer(plain):
        word = match.group().replace("’", "'")
        if _UNSPACED.search(word):
            found += [word[at : at + 2] for at in range(max(1, len(word) - 1))]
        elif word not in stops and len(word) > 1:
            found.append(word)
    return found


def terms(text: str, language: str) -> list[str]:
    """Return the words of a text and the pairs of neighbours among them."""
    found = words(text, language)
    return found + [f"{a} {b}" for a, b in pairwise(found)]
