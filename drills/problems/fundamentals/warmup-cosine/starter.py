"""Warm-up and cosine decay."""


def warmup_cosine(
    step: int, warmup_steps: int, total_steps: int, peak_lr: float, min_lr: float = 0.0
) -> float:
    """Return the learning rate at a step.

    Linear from 0 at step 0 to peak_lr at warmup_steps, then a cosine to min_lr at total_steps, min_lr after.
    With warmup_steps = 0 step 0 gives peak_lr. total_steps > warmup_steps >= 0.
    """
    raise NotImplementedError
