"""The spans from the text of ever longer beginnings of the conversation: what a further message adds."""


class Turn:
    def __init__(self, role, content):
        if (
            role not in ("system", "user", "assistant")
            or "<|im_start|>" in content
            or "<|im_end|>" in content
        ):
            raise ValueError(f"not a legal message: {role}: {content}")
        self.role, self.content = role, content

    def __str__(self):
        return f"<|im_start|>{self.role}\n{self.content}<|im_end|>\n"


def render_chat(messages, add_generation_prompt=False, default_system="You are a helpful assistant."):
    turns = [Turn(m["role"], m["content"]) for m in messages]
    if turns[0].role != "system" and default_system is not None:
        turns = [Turn("system", default_system), *turns]
    return "".join(map(str, turns)) + "<|im_start|>assistant\n" * bool(add_generation_prompt)


def answer_spans(messages, default_system="You are a helpful assistant."):
    spans = []
    for i, message in enumerate(messages):
        if message["role"] == "assistant":
            if i:
                start = len(render_chat(messages[:i], True, default_system))
            else:
                whole = render_chat(messages[:1], False, default_system)
                start = len(whole) - len(message["content"] + "<|im_end|>\n")
            spans.append((start, len(render_chat(messages[: i + 1], False, default_system)) - 1))
    return spans
