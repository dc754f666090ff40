"""One loop that builds the text and notes the spans on the way; both functions use it."""

import re

MARK = re.compile(r"<\|im_(?:start|end)\|>")


def walk(messages, default_system):
    text, spans = "", []
    if messages[0]["role"] != "system" and default_system is not None:
        text += "<|im_start|>system\n" + default_system + "<|im_end|>\n"
    for m in messages:
        text += "<|im_start|>" + m["role"] + "\n"
        begin = len(text)
        text += m["content"] + "<|im_end|>"
        if m["role"] == "assistant":
            spans += [(begin, len(text))]
        text += "\n"
    return text, spans


def render_chat(messages, add_generation_prompt=False, default_system="You are a helpful assistant."):
    for m in messages:
        if m["role"] not in {"system", "user", "assistant"}:
            raise ValueError(m["role"])
        if MARK.search(m["content"]):
            raise ValueError("mark in content")
    if default_system is not None and MARK.search(default_system):
        raise ValueError("mark in the default")
    text, _ = walk(messages, default_system)
    if add_generation_prompt:
        text += "<|im_start|>assistant\n"
    return text


def answer_spans(messages, default_system="You are a helpful assistant."):
    return walk(messages, default_system)[1]
