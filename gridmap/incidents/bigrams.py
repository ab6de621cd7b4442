"""Texts that share rare pairs of characters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

RAREST = 8
"""Pairs of a question that are looked up."""
MOST = 20_000
"""Postings that are read at most."""


class Bigrams:
    """Postings of pairs of neighbouring characters.

    Parameters
    ----------
    texts : sequence of str
        The texts.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        chars = _codes("".join(texts))
        row = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
        same = row[1:] == row[:-1]
        pair = (chars[:-1] << 21 | chars[1:])[same]
        order = np.lexsort((row[1:][same], pair))
        pair, row = pair[order], row[1:][same][order]
        fresh = np.append(True, (pair[1:] != pair[:-1]) | (row[1:] != row[:-1]))[: len(pair)]
        pair, row = pair[fresh], row[fresh]
        self._keys, firsts = np.unique(pair, return_index=True)
        self._ends = np.append(firsts, len(pair))
        self._rows = row.astype(np.int32)
        self._weight = np.log(1 + len(texts) / np.diff(self._ends))

    def alike(self, text: str, most: int = 40) -> NDArray[np.int32]:
        """Return the texts that share the rarest pairs of a text.

        Parameters
        ----------
        text : str
            A text.
        most : int
            Number of texts to return at most.

        Returns
        -------
        ndarray of int32
            Positions, those sharing most first.
        """
        chars = _codes(text)
        asked = np.unique(chars[:-1] << 21 | chars[1:])
        if not len(self._keys) or not len(asked):
            return np.zeros(0, np.int32)
        at = np.searchsorted(self._keys, asked)
        at = at[(at < len(self._keys)) & (self._keys[np.minimum(at, len(self._keys) - 1)] == asked)]
        at = at[np.argsort(-self._weight[at], kind="stable")][:RAREST]
        size = (self._ends[at + 1] - self._ends[at]).cumsum()
        at = at[: max(1, int(np.searchsorted(size, MOST)))]
        if not len(at):
            return np.zeros(0, np.int32)
        rows = np.concatenate([self._rows[self._ends[k] : self._ends[k + 1]] for k in at])
        lengths = self._ends[at + 1] - self._ends[at]
        unique, inverse = np.unique(rows, return_inverse=True)
        weight = np.bincount(inverse, np.repeat(self._weight[at], lengths))
        return unique[np.argsort(-weight, kind="stable")[:most]]


def _codes(text: str) -> NDArray[np.int64]:
    return np.frombuffer(text.encode("utf-32-le"), np.uint32).astype(np.int64)
