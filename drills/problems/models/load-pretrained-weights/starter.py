"""Loading GPT-2's published weights into a model of one's own."""

from torch import Tensor


def convert_gpt2(checkpoint: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the state dict of our model, from one with the names and layouts of Hugging Face's GPT-2.

    Conv1D weights are (in, out) in the checkpoint and (out, in) in the result; ValueError for an unknown name.
    """
    raise NotImplementedError
