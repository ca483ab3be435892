"""Texts as integer codes, so that a chunk of a million events is arithmetic and not strings.

Belongs here: the one table of all codes and ids a site uses, fixed before the first ticket is drawn.
Does not belong here: ids that grow with the site (tickets, events, requesters; see `columns.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

NULL = -1
"""The code of a null value in every code array."""


class Vocabulary:
    """Two-way map between texts and consecutive codes; the order of first mention is the order of codes."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._codes: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.texts)

    def add(self, text: str | None) -> int:
        """Code of `text`, made if new; a null text is `NULL`."""
        if text is None:
            return NULL
        code = self._codes.get(text)
        if code is None:
            code = self._codes[text] = len(self.texts)
            self.texts.append(text)
        return code

    def add_all(self, texts: Iterable[str | None]) -> np.ndarray:
        """Codes of many texts, as int32."""
        return np.array([self.add(t) for t in texts], dtype=np.int32)

    def code(self, text: str) -> int:
        """Code of a known text; KeyError if it was never added."""
        return self._codes[text]

    def get(self, text: str | None) -> int:
        """Code of `text`, `NULL` if it is null or was never added."""
        return NULL if text is None else self._codes.get(text, NULL)

    def codes(self, texts: Sequence[str]) -> np.ndarray:
        """Codes of known texts, as int32."""
        return np.array([self._codes[t] for t in texts], dtype=np.int32)
