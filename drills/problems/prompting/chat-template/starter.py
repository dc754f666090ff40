"""ChatML, the chat template of Qwen."""

DEFAULT_SYSTEM = "You are a helpful assistant."


def render_chat(
    messages: list[dict[str, str]],
    add_generation_prompt: bool = False,
    default_system: str | None = DEFAULT_SYSTEM,
) -> str:
    """The one text of all messages, each with a "role" and a "content".

    default_system goes in front unless the first message is a system message; None puts nothing there.
    ValueError for a role other than system, user, assistant, and for a content that holds a mark.
    """
    raise NotImplementedError


def answer_spans(
    messages: list[dict[str, str]], default_system: str | None = DEFAULT_SYSTEM
) -> list[tuple[int, int]]:
    """For each assistant message the range of render_chat's text with its content and its end mark."""
    raise NotImplementedError
