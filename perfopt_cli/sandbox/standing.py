"""Workers that stand ready: for which jobs, by what name, and how many alike."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field

from perfopt_cli.sandbox.forkserver import ForkServer
from perfopt_cli.sandbox.messages import Message

TRUSTED_JOBS = ("profile", "record", "fuzz", "shrink")
SERVED = {
    "replay": "serve",
    "answer": "serve",
    "time": "serve",
    "facts": "serve",
    "fuzz": "serve",
    "mutants": "serve",
    "shrink": "serve",
    "suite": "serve tests",
}
"""Jobs that a standing worker can do in forks, and what that one is asked to be."""
MOST_ALIKE = 2


@dataclass
class Pool:
    """Workers that stand ready for the same: a second one where the first has a fork already."""

    servers: list[ForkServer] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def close(self) -> None:
        """End them."""
        with self.lock:
            for server in self.servers:
                server.close()
            self.servers.clear()


def close_all(pools: dict[str, Pool]) -> None:
    """End these workers and forget them."""
    while pools:
        pools.popitem()[1].close()


def server_name(request: Message, hash_seed: int) -> str:
    """Return what tells the standing workers of a session apart."""
    trusted = request["job"] in TRUSTED_JOBS
    return json.dumps([standing(request), trusted, hash_seed], sort_keys=True)


def standing(request: Message) -> Message:
    """Return what a standing worker for this request is asked."""
    job = SERVED[str(request["job"])]
    if job == "serve":
        trusted = request["job"] in TRUSTED_JOBS
        jobs = ["fuzz", "shrink"] if trusted else ["replay", "answer", "time"]
        where = {"module": module_of(request["target"]), "sys_path": request["sys_path"]}
        return {"job": job, "jobs": jobs, **where}
    return {"job": job, "arguments": request["arguments"]}


def module_of(target: Message) -> Message:
    """Return the place of a target's module, which is all that a standing worker loads of it."""
    return {name: target[name] for name in ("module", "file")}
