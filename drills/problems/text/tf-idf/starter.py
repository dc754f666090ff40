"""TF-IDF."""

import numpy as np


def tf_idf(docs: list[list[str]]) -> tuple[np.ndarray, list[str]]:
    """Return the TF-IDF matrix (N, V), float64, rows of unit L2 length, and the sorted vocabulary.

    docs: the documents' tokens, as given; an empty document counts in N, and its row is all zeros.
    """
    raise NotImplementedError
