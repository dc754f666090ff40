"""Two forked processes in one gloo group on the loopback interface, beside the learner's code.

A function here describes models by their gradients on both ranks. Each rank builds its replica, calls the learner's function
and sends back what its gradients, parameters and buffers are then; the drill's checks compare them elsewhere.
"""

import os
import selectors
import shutil
import signal
import sys
import tempfile
import time
from contextlib import suppress
from datetime import timedelta

import torch
import torch.distributed as dist
from torch import nn

from drills.grading import codec, learner, limits

WORLD = 2
LONELY_SECONDS = 3.0  # how long one rank may go on after the other has returned


def on_ranks(work):
    """What `work(rank)` returned on each of two ranks, or what else came of them."""
    folder = tempfile.mkdtemp()
    sys.stdout.flush()
    sys.stderr.flush()
    pids, pipes = [], []
    try:
        for rank in range(WORLD):
            receiving, sending = os.pipe()
            if (pid := os.fork()) == 0:
                be_a_rank(rank, f"{folder}/store", sending, work)
            os.close(sending)
            pids.append(pid)
            pipes.append(receiving)
        return gather(pids, pipes)
    finally:
        for pid in pids:
            with suppress(ProcessLookupError, ChildProcessError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
        for pipe in pipes:
            os.close(pipe)
        shutil.rmtree(folder, ignore_errors=True)


def be_a_rank(rank, store, sending, work):
    """The forked child: it sends its result and waits to be ended, so that its sockets outlive the other rank."""
    try:
        limits.die_with_parent()
        try:
            join_group(rank, store)
        except (RuntimeError, OSError) as error:
            tell(sending, {"fault": str(error)[:500]})
        try:
            tell(sending, {"value": work(rank)})
        except (Exception, SystemExit) as error:
            tell(sending, {"raised": learner.describe(error, "data_parallel.py")})
    finally:
        sys.stdout.flush()
        os._exit(1)


def join_group(rank, store):
    os.environ["GLOO_SOCKET_IFNAME"] = "lo0" if sys.platform == "darwin" else "lo"
    meeting = dist.FileStore(store, WORLD)
    late = timedelta(seconds=60)
    dist.init_process_group("gloo", store=meeting, rank=rank, world_size=WORLD, timeout=late)


def tell(sending, told):
    """Send it and wait for the end."""
    sys.stdout.flush()
    message = codec.Encoder().message(told)
    message = len(message).to_bytes(8, "little") + message
    while message:
        message = message[os.write(sending, message) :]
    while True:
        time.sleep(60)


def gather(pids, pipes):
    """Both results; the first exception, crash or endless wait of a rank is what comes of both."""
    parts, results = [b"" for _ in pipes], {}
    deadline = time.monotonic() + limits.CALL_SECONDS
    with selectors.DefaultSelector() as selector:
        for rank, pipe in enumerate(pipes):
            selector.register(pipe, selectors.EVENT_READ, rank)
        while len(results) < WORLD:
            left = deadline - time.monotonic()
            if left <= 0:
                return {"stuck": next(iter(results), None)}
            for key, _ in selector.select(left):
                rank, data = key.data, os.read(key.fd, 1 << 20)
                parts[rank] += data
                if not data:
                    _, status = os.waitpid(pids[rank], 0)
                    return {"crash": limits.describe_exit(status)}
                if len(parts[rank]) < 8 or len(parts[rank]) - 8 < int.from_bytes(parts[rank][:8], "little"):
                    continue
                selector.unregister(key.fd)
                told = codec.decode(parts[rank][8:])
                if "value" not in told:
                    return told
                results[rank] = told["value"]
                deadline = min(deadline, time.monotonic() + LONELY_SECONDS)
    return {"values": [results[rank] for rank in range(WORLD)]}


class Model(nn.Module):
    """Parameters at the root, in a child and in a grandchild, and a buffer; named in the order they are given.

    The ranks make them in opposite orders, so that an order of addresses is not the same on both.
    """

    def __init__(self, values, rank):
        super().__init__()
        order = list(values) if rank == 0 else list(values)[::-1]
        made = {name: nn.Parameter(values[name].clone()) for name in order}
        self.inner = nn.Module()
        self.inner.deep = nn.ParameterDict()
        self.register_buffer("seen", torch.tensor([3.0, 4.0]))
        for index, name in enumerate(values):
            parameter = made[name]
            if index % 3 == 0:
                self.register_parameter(name, parameter)
            elif index % 3 == 1:
                self.inner.register_parameter(name, parameter)
            else:
                self.inner.deep[name] = parameter


def short(name):
    return name.rpartition(".")[2]


def reduce_gradients(submission, values, steps):
    """Call the function once for each step, which gives the gradients of both ranks by name; None for none."""

    def work(rank):
        model, after = Model(values, rank), []
        with torch.no_grad():
            for value in model.state_dict().values():
                value += rank  # so that a mean or a broadcast of what is not a gradient shows
        for step in steps:
            for name, parameter in model.named_parameters():
                grad = step[rank][short(name)]
                parameter.grad = None if grad is None else grad.clone()
            submission.all_reduce_gradients(model, WORLD)
            after.append({short(name): parameter.grad for name, parameter in model.named_parameters()})
            after[-1] = {
                name: None if grad is None else grad.detach().clone() for name, grad in after[-1].items()
            }
        state = {short(name): value.detach() for name, value in model.state_dict().items()}
        return {"grads": after, "state": state}

    return on_ranks(work)


def train(x, y, weights, reduce):
    """Three steps of SGD on batches x, y; the parameters after them."""
    model = nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 2)).double()
    with torch.no_grad():
        for parameter, weight in zip(model.parameters(), weights, strict=True):
            parameter.copy_(weight)
    model[0].bias.requires_grad_(False)  # frozen
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for xs, ys in zip(x, y, strict=True):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(xs), ys).backward()
        reduce(model)
        optimizer.step()
    return [parameter.detach() for parameter in model.parameters()]


def train_on_halves(submission, x, y, weights):
    """Train on half of each batch on each rank, one of which is late."""

    def work(rank):
        def reduce(model):
            time.sleep(0.01 * rank)
            submission.all_reduce_gradients(model, WORLD)

        own = slice(4 * rank, 4 * rank + 4)
        return train(x[:, own], y[:, own], weights, reduce)

    return on_ranks(work)
