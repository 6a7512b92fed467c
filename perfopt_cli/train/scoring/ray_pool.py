"""Score on a Ray cluster: an ``Executor`` over Ray tasks (the extra ``perfopt[ray]``).

The interpreter that a ``Scorer`` is given must have the same path on every
host. Timing stays exclusive on each host by a lock there, and a program and
its candidate are always timed in the same task, so that no two hosts' times
are compared.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from contextlib import suppress
from importlib import import_module
from typing import Any, TypeVar

from perfopt_cli.core import PerfoptError

Result = TypeVar("Result")


class RayExecutor(Executor):
    """Runs each call as a Ray task on one processor, without retries; a context manager.

    ``address`` is that of a cluster; without one, a cluster is found by
    ``RAY_ADDRESS`` or started on this host. ``resources`` are asked for in
    addition, for instance ``{"timing": 1}`` to stay on hosts that have them.
    """

    def __init__(
        self, address: str | None = None, resources: Mapping[str, float] | None = None
    ) -> None:
        try:
            self._ray: Any = import_module("ray")
        except ImportError as error:
            raise PerfoptError(
                "Ray is not installed: pip install 'perfopt[ray]', or score on this host alone."
            ) from error
        self._own = not self._ray.is_initialized()
        if self._own:
            # Ray reports its use to its makers unless told not to.
            os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
            self._ray.init(address=address, log_to_driver=False)
        call = self._ray.remote(num_cpus=1, max_retries=0, resources=dict(resources or {}))
        self._call: Any = call(_call)
        self._running: set[Any] = set()
        self._down = False

    def submit(self, fn: Callable[..., Result], /, *args: Any, **kwargs: Any) -> Future[Result]:
        """Run the call somewhere on the cluster; it and its arguments must be picklable."""
        if self._down:
            raise RuntimeError("no new calls after shutdown")
        reference = self._call.remote(fn, args, kwargs)
        self._running.add(reference)
        future: Future[Result] = reference.future()
        future.add_done_callback(lambda _: self._running.discard(reference))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls. With ``cancel_futures`` end those that run, and their sandboxes."""
        self._down = True
        for reference in list(self._running):
            if cancel_futures:
                with suppress(Exception):
                    self._ray.cancel(reference, force=True)
            elif wait:
                self._ray.wait([reference])
        if self._own and (wait or cancel_futures):
            self._own = False
            self._ray.shutdown()


def _call(fn: Callable[..., Result], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Result:
    return fn(*args, **kwargs)
