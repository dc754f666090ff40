"""The four quadrants spelled out: a ratio is capped from above where A ≥ 0, from below where A < 0."""


def ppo_clip_loss(logp_new, logp_old, advantages, clip=0.2):
    ratio = (logp_new - logp_old).exp()
    too_high = (advantages >= 0) & (ratio > 1 + clip)
    too_low = (advantages < 0) & (ratio < 1 - clip)
    ratio = ratio.masked_fill(too_high, 1 + clip).masked_fill(too_low, 1 - clip)
    return (-ratio * advantages).mean()
