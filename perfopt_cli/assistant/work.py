"""One tool call in a process of its own: ``python -m perfopt_cli.assistant.work``.

A request comes as one JSON line on stdin, news and the result go out as JSON
lines on stdout. The end of stdin means stop: whoever asked has cancelled, or
is dead. It is then as if Ctrl-C had been pressed: workers are ended, folders
removed, and nothing is written.
"""

from __future__ import annotations

import json
import os
import signal
import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any, TextIO

from perfopt_cli import __version__
from perfopt_cli.assistant.news import News
from perfopt_cli.assistant.offered import Offer, OfferedProposer, check_named
from perfopt_cli.config import Settings
from perfopt_cli.core import PerfoptError, Proposer, Review, Summary
from perfopt_cli.pipeline import Run
from perfopt_cli.pipeline.prepare import prepare_change, prepare_run
from perfopt_cli.project import Project, select
from perfopt_cli.report import review_json, to_json
from perfopt_cli.reports.kept import shelf_of
from perfopt_cli.reports.record import record_of

Request = Mapping[str, Any]


def locate(request: Request, news: News) -> dict[str, Any]:
    """Return the hot functions."""
    run = _run(request, news, write_files=False)
    summary = run.locate()
    # What no candidate was asked for, but could be, is not left out.
    open_to_all = tuple(one for one in summary.targets if one.skip is None)
    return _told(replace(summary, chosen=open_to_all), news, most=run.settings.top)


def judge(request: Request, news: News) -> dict[str, Any]:
    """Return the verdicts on the candidates of the request; nothing is written."""
    root = Path(request["root"])
    named = zip(select(request["paths"], root), request["candidates"], strict=True)
    offers = [
        Offer(
            one.path.relative_to(root).as_posix(),
            one.qualname or "",
            given["source"],
            tuple(given["imports"]),
        )
        for one, given in named
    ]
    check_named(root, offers)
    run = _run(request, news, write_files=False)
    return _optimized(run, [OfferedProposer(offers)], request, news)


def optimize(request: Request, news: News) -> dict[str, Any]:
    """Return what the whole job found; it is written where the request says so."""
    from perfopt_cli.model.default import bring, default_specs
    from perfopt_cli.model.sources import open_proposers

    run = _run(request, news, write_files=request["apply"])
    settings = run.settings
    by_user = "model" in request["options"]
    specs = settings.model or (
        ("rules",)
        if settings.adapter
        else default_specs(news.note, hint=False, root=run.project.root)
    )
    sources = open_proposers(
        specs,
        adapter=settings.adapter,
        quantize=settings.quantize,
        root=run.project.root,
        by_user=by_user,
    )
    for source in sources:
        for note in getattr(source, "notes", ()):
            news.note(note)
    return _optimized(run, bring(sources, news, by_user=by_user), request, news)


def verify(request: Request, news: News) -> dict[str, Any]:
    """Return what the gates say of a change; ``ok`` is False where something stands in its way."""
    change = prepare_change(
        request["paths"],
        Path(request["root"]),
        request["options"],
        news,
        base=request["base"],
        timing=request["speed"],
    )
    _check_isolation(change.settings, request)
    review = change.verify()
    _keep(review, change.project, request, news)
    return {"ok": not review.exit_code(strict=False).value, **review_json(review)}


def undo(request: Request, _news: News) -> dict[str, Any]:
    """Take the edits of a run back."""
    from perfopt_cli.apply import undo as take_back

    results = take_back(Path(request["root"]), request["run"])
    rows = [{"path": one.path, "state": one.state.value, "detail": one.detail} for one in results]
    return {"perfopt": __version__, "files": rows}


JOBS: dict[str, Callable[[Request, News], dict[str, Any]]] = {
    "locate": locate,
    "judge": judge,
    "optimize": optimize,
    "verify": verify,
    "undo": undo,
}


def _run(request: Request, news: News, *, write_files: bool) -> Run:
    root = Path(request["root"])
    run = prepare_run(request["paths"], root, request["options"], news, write_files=write_files)
    _check_isolation(run.settings, request)
    return run


def _check_isolation(settings: Settings, request: Request) -> None:
    """Refuse to go without isolation because of a file that an assistant can write."""
    if settings.sandbox == "none" and request["options"].get("sandbox") != "none":
        raise PerfoptError(
            '[tool.perfopt] says sandbox = "none", which is not taken from a file here: remove it, '
            "or have the user start the server with --sandbox none"
        )


def _optimized(run: Run, sources: list[Proposer], request: Request, news: News) -> dict[str, Any]:
    for _ in run.optimize(sources):
        pass
    assert run.summary is not None
    _keep(run.summary, run.project, request, news, written=run.write_files)
    return _told(run.summary, news)


def _keep(
    found: Summary | Review,
    project: Project,
    request: Request,
    news: News,
    *,
    written: bool = False,
) -> None:
    """Keep the run for ``perfopt report``; failing at it stops nothing."""
    record = record_of(found, project, news.notes, written=written, words=words_of(request))
    try:
        shelf_of(project.root).keep(record)
    except PerfoptError as error:
        news.note(f"the run is not kept for perfopt report: {error}")


def words_of(request: Request) -> list[str]:
    """Return the words of the command line that would do the same; ``mcp`` where there is none."""
    job = request["job"]
    if job not in ("optimize", "verify"):
        return ["mcp"]
    flags: dict[str, Any] = {**request["options"]}
    if job == "optimize":
        flags["no_apply"] = not request["apply"]
    else:
        flags |= {"base": request["base"], "speed": request["speed"]}
    words = [job, *request["paths"]]
    for name, value in flags.items():
        for one in value if isinstance(value, list | tuple) else [value]:
            if one is not None and one is not False:
                words += [f"--{name.replace('_', '-')}", *([] if one is True else [str(one)])]
    return words


def _told(summary: Summary, news: News, most: int | None = None) -> dict[str, Any]:
    """Return the JSON of the command with the targets that matter, and the notes."""
    told = to_json(summary)
    names = {(target.path, target.qualname) for target in summary.chosen}
    rows = told["targets"]
    if most is None:
        told["targets"] = [row for row in rows if (row["path"], row["qualname"]) in names]
    else:
        told["targets"] = rows[:most]
    told["more_targets"] = len(rows) - len(told["targets"])
    told["notes"] = list(dict.fromkeys(news.notes))
    return told


def stop(_number: int, _frame: FrameType | None) -> None:
    """End the work as Ctrl-C does; once, as what cleans up is not to be interrupted."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def stop_at_the_end_of(stdin: TextIO) -> None:
    """Have ``stop`` called when stdin ends."""
    main_thread = threading.main_thread().ident
    assert main_thread is not None

    def wait() -> None:
        stdin.read()
        signal.pthread_kill(main_thread, signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()


def own_streams() -> tuple[TextIO, TextIO]:
    """Return stdin and stdout; what libraries read and print goes elsewhere from now on."""
    found = os.fdopen(os.dup(0), encoding="utf-8"), os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return found


def outcome(stdin: TextIO, news: News) -> dict[str, Any]:
    """Do what the request says; return its result, or the error in words."""
    try:
        line = stdin.readline()
        if not line:
            return {"error": "stopped before anything was asked"}
        stop_at_the_end_of(stdin)
        request = json.loads(line)
        os.chdir(request["root"])
        return {"result": JOBS[request["job"]](request, news)}
    except PerfoptError as error:
        return {"error": str(error)}
    except KeyboardInterrupt:
        return {"error": "stopped; nothing was changed after this"}
    except Exception as error:  # noqa: BLE001  (told as a bug, with its traceback on stderr)
        traceback.print_exc()
        said = "".join(traceback.format_exception_only(error)).strip()
        return {"error": f"this is a bug in perfopt; no file was left half-written: {said}"}


def main() -> None:
    """Do what the request says, and tell what came of it."""
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    stdin, stdout = own_streams()
    news = News(stdout)
    event = outcome(stdin, news)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    news.send(**event)


if __name__ == "__main__":
    main()
