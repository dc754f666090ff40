"""ChatML, the chat template of Qwen: messages to one text, and the parts of it that a model learns to write."""

START, END = "<|im_start|>", "<|im_end|>"
DEFAULT_SYSTEM = "You are a helpful assistant."


def render_chat(
    messages: list[dict[str, str]],
    add_generation_prompt: bool = False,
    default_system: str | None = DEFAULT_SYSTEM,
) -> str:
    """The one text of all messages; with the generation prompt it ends where the answer begins."""
    written = with_system(messages, default_system)
    for message in written:
        if message["role"] not in ("system", "user", "assistant"):
            raise ValueError(f"unknown role {message['role']!r}")
        if START in message["content"] or END in message["content"]:
            raise ValueError("a content must not hold a mark")  # it could forge a turn
    text = "".join(head(message) + message["content"] + END + "\n" for message in written)
    return text + START + "assistant\n" if add_generation_prompt else text


def answer_spans(
    messages: list[dict[str, str]], default_system: str | None = DEFAULT_SYSTEM
) -> list[tuple[int, int]]:
    """For each assistant message the range of its content and its end mark."""
    spans, position = [], 0
    for message in with_system(messages, default_system):
        start = position + len(head(message))
        end = start + len(message["content"] + END)
        if message["role"] == "assistant":
            spans.append((start, end))
        position = end + 1  # the line break
    return spans


def with_system(messages: list[dict[str, str]], default_system: str | None) -> list[dict[str, str]]:
    """The messages that are written: a default in front where it is needed."""
    if default_system is None or messages[0]["role"] == "system":
        return messages
    return [{"role": "system", "content": default_system}, *messages]


def head(message: dict[str, str]) -> str:
    return f"{START}{message['role']}\n"
