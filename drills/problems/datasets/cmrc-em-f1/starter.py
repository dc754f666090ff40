"""Exact match and F1 for Chinese answers."""


def em_f1(prediction: str, references: list[str]) -> tuple[float, float]:
    """Return (em, f1) of an extracted answer, the best over the references, after the CMRC 2018 evaluation.

    Segments: lower-cased, punctuation dropped, Han characters singly, runs of other non-space characters as words.
    EM compares the segments; F1 comes from their longest common contiguous run. Nothing common or an empty side gives 0.
    """
    raise NotImplementedError
