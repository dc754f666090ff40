"""Workers on other machines: Dask distributed behind the same executor interface as the local graders."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any, NamedTuple

from drills.cohort.identity import grader_digest
from drills.cohort.running import OtherGrader
from quizbank import extras
from quizbank.errors import PlainError

LOCAL = "local"
CONNECT_SECONDS = 20


class ClusterError(PlainError):
    """A cluster that cannot be reached or used."""


class Cluster(NamedTuple):
    executor: Executor
    threads: int
    """Jobs that its workers do at once."""
    dashboard: str | None


@contextmanager
def cluster(address: str, workers: int) -> Iterator[Cluster]:
    """The scheduler at `address`, or for "local" one of our own with `workers` processes, on loopback alone.

    Raises ClusterError where it is not to be had or has no workers, MissingPackage without Dask, OtherGrader where a worker would grade otherwise.
    """
    distributed = extras.load("distributed", "cluster", ("a cluster", "使用集群"))
    with _client(distributed, address, workers) as client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise ClusterError(
                f"the scheduler at {address} has no workers; start some: dask worker {address} --nthreads 1",
                f"调度器 {address} 没有工作节点；请启动：dask worker {address} --nthreads 1",
            )
        ours = grader_digest("numpy")
        if any(theirs != ours for theirs in client.run(grader_digest, "numpy").values()):
            raise OtherGrader("*")
        dashboard = client.dashboard_link if address == LOCAL else None
        yield Cluster(client.get_executor(pure=False), threads, dashboard)


@contextmanager
def _client(distributed: Any, address: str, workers: int) -> Iterator[Any]:
    if address != LOCAL:
        try:
            client = distributed.Client(address, timeout=CONNECT_SECONDS)
        except (OSError, ValueError) as error:
            raise ClusterError(
                f"no scheduler answers at {address} ({error})", f"{address} 处没有调度器应答（{error}）"
            ) from error
        with client:
            yield client
        return
    with (
        distributed.LocalCluster(
            n_workers=workers, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0"
        ) as own,
        distributed.Client(own) as client,
    ):
        yield client
