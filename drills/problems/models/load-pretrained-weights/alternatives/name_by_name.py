"""The names that are expected are asked for one by one; what is left over must be a mask."""


def convert_gpt2(checkpoint):
    left = {key[12:] if key.startswith("transformer.") else key: tensor for key, tensor in checkpoint.items()}
    state = {}
    layer = 0
    while f"h.{layer}.ln_1.weight" in left:
        old, new = f"h.{layer}.", f"blocks.{layer}."
        for mask in ("attn.bias", "attn.masked_bias"):
            left.pop(old + mask, None)
        for kind in ("weight", "bias"):
            state[new + "norm1." + kind] = left.pop(old + "ln_1." + kind)
            state[new + "norm2." + kind] = left.pop(old + "ln_2." + kind)
        for ours, theirs in (
            ("attn.out_proj", "attn.c_proj"),
            ("ffn.up", "mlp.c_fc"),
            ("ffn.down", "mlp.c_proj"),
        ):
            state[f"{new}{ours}.weight"] = left.pop(f"{old}{theirs}.weight").t().contiguous()
            state[f"{new}{ours}.bias"] = left.pop(f"{old}{theirs}.bias")
        fused, offset = left.pop(old + "attn.c_attn.weight"), left.pop(old + "attn.c_attn.bias")
        d = fused.shape[0]
        for i, part in enumerate(("q_proj", "k_proj", "v_proj")):
            state[f"{new}attn.{part}.weight"] = fused[:, i * d : (i + 1) * d].transpose(0, 1).clone()
            state[f"{new}attn.{part}.bias"] = offset[i * d : (i + 1) * d].clone()
        layer += 1
    state["tok_emb.weight"] = left.pop("wte.weight")
    state["pos_emb.weight"] = left.pop("wpe.weight")
    state["norm_f.weight"], state["norm_f.bias"] = left.pop("ln_f.weight"), left.pop("ln_f.bias")
    state["lm_head.weight"] = left.pop("lm_head.weight", state["tok_emb.weight"])
    if left:
        raise ValueError(f"unknown names: {sorted(left)}")
    return state
