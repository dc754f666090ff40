"""Rules of regular expressions; what a rule makes of a tensor stands beside it."""

import re

import torch


def same(t):
    return [t]


def turned(t):
    return [torch.einsum("io->oi", t)]


def thirds(t):
    return [piece.mT if t.dim() == 2 else piece for piece in torch.tensor_split(t, 3, dim=-1)]


RULES = [
    (r"wte\.weight", ["tok_emb.weight"], same),
    (r"wpe\.weight", ["pos_emb.weight"], same),
    (r"ln_f\.(?P<k>weight|bias)", ["norm_f.{k}"], same),
    (r"lm_head\.weight", ["lm_head.weight"], same),
    (r"h\.(?P<n>\d+)\.ln_(?P<m>[12])\.(?P<k>weight|bias)", ["blocks.{n}.norm{m}.{k}"], same),
    (
        r"h\.(?P<n>\d+)\.attn\.c_attn\.(?P<k>weight|bias)",
        [f"blocks.{{n}}.attn.{p}_proj.{{k}}" for p in "qkv"],
        thirds,
    ),
    (r"h\.(?P<n>\d+)\.attn\.c_proj\.weight", ["blocks.{n}.attn.out_proj.weight"], turned),
    (r"h\.(?P<n>\d+)\.attn\.c_proj\.bias", ["blocks.{n}.attn.out_proj.bias"], same),
    (r"h\.(?P<n>\d+)\.mlp\.c_fc\.weight", ["blocks.{n}.ffn.up.weight"], turned),
    (r"h\.(?P<n>\d+)\.mlp\.c_fc\.bias", ["blocks.{n}.ffn.up.bias"], same),
    (r"h\.(?P<n>\d+)\.mlp\.c_proj\.weight", ["blocks.{n}.ffn.down.weight"], turned),
    (r"h\.(?P<n>\d+)\.mlp\.c_proj\.bias", ["blocks.{n}.ffn.down.bias"], same),
    (r"h\.\d+\.attn\.(masked_)?bias", [], same),
]


def convert_gpt2(checkpoint):
    state = {}
    for name, tensor in checkpoint.items():
        for pattern, names, make in RULES:
            if found := re.fullmatch(r"(?:transformer\.)?" + pattern, name):
                for new, value in zip(names, make(tensor), strict=False):
                    state[new.format(**found.groupdict())] = value
                break
        else:
            raise ValueError(name)
    if "lm_head.weight" not in state:
        state["lm_head.weight"] = state["tok_emb.weight"]
    return state
