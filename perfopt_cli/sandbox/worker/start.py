"""Entry of a worker: read one request from stdin, do the job, answer on stdout.

Started by file path with the user's interpreter. The interpreter puts this
folder first on ``sys.path``; as its names could shadow the project's, the
first thing done is to put the working directory there instead, which is what
``python -m pytest`` does.
"""

import sys

sys.path[0] = ""

import importlib  # noqa: E402
import importlib.util  # noqa: E402
import os  # noqa: E402

JOBS = {
    "profile": "profiling",
    "suite": "suite",
    "workload": "workload",
    "record": "record",
    "replay": "replay",
    "fuzz": "fuzz",
    "facts": "facts",
    "mutants": "mutants",
    "shrink": "shrink",
    "answer": "answers",
    "time": "timer",
    "program": "program",
    "serve": "serve",
    "serve tests": "serve_tests",
}


def load_package():
    """Import this folder as the package ``_perfopt_worker``, off ``sys.path``."""
    folder = os.path.dirname(os.path.abspath(__file__))
    spec = importlib.util.spec_from_file_location(
        "_perfopt_worker",
        os.path.join(folder, "__init__.py"),
        submodule_search_locations=[folder],
    )
    package = importlib.util.module_from_spec(spec)
    sys.modules["_perfopt_worker"] = package
    spec.loader.exec_module(package)


def main():
    """Do the one job that stdin asks for."""
    sys.path[0] = os.getcwd()
    load_package()
    channel_module = importlib.import_module("_perfopt_worker.channel")
    channel, request = channel_module.open_channel()
    job = importlib.import_module("_perfopt_worker." + JOBS[request["job"]])
    job.run(channel, request)
    channel.send("done")
    # Threads and atexit handlers of the project must not keep a finished job waiting.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
