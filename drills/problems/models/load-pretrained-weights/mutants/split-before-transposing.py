"""Loading GPT-2's published weights into a model of one's own: rename, transpose, split, tie."""

import re

from torch import Tensor

OUTSIDE = {
    "wte.weight": "tok_emb.weight",
    "wpe.weight": "pos_emb.weight",
    "ln_f.weight": "norm_f.weight",
    "ln_f.bias": "norm_f.bias",
    "lm_head.weight": "lm_head.weight",
}
INSIDE = {
    "ln_1": "norm1",
    "attn.c_attn": "attn.{}_proj",
    "attn.c_proj": "attn.out_proj",
    "ln_2": "norm2",
    "mlp.c_fc": "ffn.up",
    "mlp.c_proj": "ffn.down",
}


def convert_gpt2(checkpoint: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the state dict of our model, from one with the names and layouts of Hugging Face's GPT-2."""
    state = {}
    for key, value in checkpoint.items():
        name = key.removeprefix("transformer.")
        in_block = re.fullmatch(r"h\.(\d+)\.(.+)\.(weight|bias|masked_bias)", name)
        n, module, kind = in_block.groups() if in_block else ("", "", "")  # "0", "attn.c_attn", "weight"
        if name in OUTSIDE:
            state[OUTSIDE[name]] = value
        elif module in INSIDE and kind != "masked_bias":
            target = f"blocks.{n}.{INSIDE[module]}.{kind}"
            if module == "attn.c_attn":
                rows = value.reshape(3, -1, *value.shape[:-1])  # (3, D, D) or (3, D)
                for part, piece in zip("qkv", rows, strict=True):
                    state[target.format(part)] = piece.T if piece.ndim == 2 else piece
            else:
                state[target] = value.T if value.ndim == 2 else value
        elif module != "attn" or kind == "weight":  # the causal masks are attn.bias and attn.masked_bias
            raise ValueError(f"no place for {key}")
    state.setdefault("lm_head.weight", state["tok_emb.weight"])  # tied: the same tensor, not a copy
    return state
