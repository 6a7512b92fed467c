"""``perfopt model``: which models there are, and getting one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from perfopt_cli import __version__
from perfopt_cli.options import Format, FormatOption, Quiet, Verbose

if TYPE_CHECKING:
    from perfopt_cli.model.catalog import Recommended
    from perfopt_cli.model.shelf import Shelf

app = typer.Typer(
    name="model",
    help="List small models, download one, show where it is.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"max_content_width": 100},
)

STATES = {"pulled": "yes", "cached": "in the hub's cache", "partial": "in part", "absent": ""}

Name = Annotated[
    str,
    typer.Argument(
        metavar="NAME", help="org/name on the Hugging Face hub; of a listed model, name is enough."
    ),
]


@app.command("list")
def list_models(
    output: FormatOption = Format.TEXT, verbose: Verbose = False, quiet: Quiet = False
) -> None:
    """List models of use, by memory, and what is here."""
    from perfopt_cli.model.catalog import CATALOG
    from perfopt_cli.model.shelf import Shelf

    shelf = Shelf()
    names = dict.fromkeys((*(one.name for one in CATALOG), *shelf.read().models))
    found = [facts(name, shelf) for name in names]
    if output is Format.JSON:
        print(json.dumps({"perfopt": __version__, "models": found}))
        return
    print_table(found)
    if not quiet:
        print("Memory is that of the weights. perfopt model pull NAME downloads one.")


@app.command()
def pull(
    name: Name,
    revision: Annotated[
        str | None,
        typer.Option(
            "--revision",
            metavar="REV",
            help="A commit, tag or branch to pin instead. Default: the pinned one, or the list's.",
        ),
    ] = None,
    output: FormatOption = Format.TEXT,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Download a model, and make it the default.

    Its revision is pinned; perfopt optimize asks it after the built-in rewrites. Safetensors,
    tokenizer and configuration only. A download that was cut goes on where it ended.
    """
    from perfopt_cli.console import Screen
    from perfopt_cli.model.catalog import size_text
    from perfopt_cli.model.pull import pull as bring
    from perfopt_cli.model.shelf import Shelf

    with Screen(-1 if quiet else int(verbose)) as screen:
        pulled = bring(full_name(name), screen, revision=revision)
    if output is Format.JSON:
        found = facts(pulled.name, Shelf())
        print(json.dumps({"perfopt": __version__, **found, "downloaded": pulled.downloaded}))
    elif not quiet:
        done = f"downloaded {size_text(pulled.downloaded)}" if pulled.downloaded else "was here"
        print(f"{pulled.name}: {done}, revision {pulled.revision}, in {pulled.folder}")
        print("perfopt optimize uses it after the built-in rewrites where --model is not given.")


@app.command()
def show(
    name: Name,
    output: FormatOption = Format.TEXT,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Show a model's size, licence, revision and place."""
    from perfopt_cli.core import PerfoptError
    from perfopt_cli.model.catalog import nearest, recommended
    from perfopt_cli.model.shelf import Presence, Shelf

    shelf = Shelf()
    name = full_name(name)
    if recommended(name) is None and shelf.presence(name) is Presence.ABSENT:
        meant = nearest(name, tuple(shelf.read().models))
        tail = f"did you mean {meant}?" if meant else f"perfopt model pull {name} gets it"
        raise PerfoptError(f"{name} is neither in the list nor on this machine; {tail}")
    found = facts(name, shelf)
    if output is Format.JSON:
        print(json.dumps({"perfopt": __version__, **found}))
        return
    for head, text in lines(found):
        print(f"{head:12} {text}")


def full_name(name: str) -> str:
    """Return the hub's name of a model, whose owner may be left out where it is listed."""
    from perfopt_cli.model.catalog import recommended

    known = recommended(name)
    return known.name if known else name


def facts(name: str, shelf: Shelf) -> dict[str, Any]:
    """Return what is known of a model, as JSON has it; null where it is not known."""
    from perfopt_cli.model.catalog import HELD, recommended

    known: Recommended | None = recommended(name)
    record = shelf.read()
    pinned = record.models.get(name)
    folder = shelf.find(name)
    size = sum(pinned.files.values()) if pinned else (known.download if known else None)
    return {
        "name": name,
        "parameters": known.parameters if known else None,
        "licence": known.licence if known else (pinned.licence or None if pinned else None),
        "context": known.context if known else None,
        "note": known.note if known else "",
        "download_bytes": size,
        "memory_bytes": {held: known.memory(held) for held in HELD} if known else None,
        "revision": pinned.revision if pinned else (known.revision if known else None),
        "state": shelf.presence(name).value,
        "default": record.default == name,
        "folder": str(folder) if folder else None,
    }


def print_table(models: Sequence[Mapping[str, Any]]) -> None:
    """Print models on stdout."""

    from perfopt_cli.console import open_console, table
    from perfopt_cli.model.catalog import HELD, size_text

    rows = []
    for one in models:
        memory = one["memory_bytes"]
        rows.append(
            (
                one["name"] + (" *" if one["default"] else ""),
                *(size_text(memory[held]) if memory else "" for held in HELD),
                size_text(one["download_bytes"]) if one["download_bytes"] else "",
                f"{one['context'] // 1024}k" if one["context"] else "",
                one["licence"] or "",
                STATES[one["state"]],
                one["note"],
            )
        )
    heads = ("model", *HELD, "download", "context", "licence", "here", "")
    made = table("Models (* default)", heads, rows)
    open_console().print(made)


def lines(one: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the facts of a model that are known, as words."""
    from perfopt_cli.model.catalog import size_text

    yield "model", one["name"] + (" (the default)" if one["default"] else "")
    if one["parameters"]:
        yield "parameters", f"{one['parameters'] / 1e9:.2f} billion"
    if one["memory_bytes"]:
        held = one["memory_bytes"].items()
        yield "memory", ", ".join(f"{size_text(size)} as {name}" for name, size in held)
    if one["context"]:
        yield "context", f"{one['context']} tokens"
    yield "licence", one["licence"] or "not known"
    if one["download_bytes"]:
        yield "download", size_text(one["download_bytes"])
    yield "revision", one["revision"] or "is pinned at the first pull"
    yield "here", STATES[one["state"]] or "no"
    if one["folder"]:
        yield "folder", one["folder"]
    else:
        yield "to get it", f"perfopt model pull {one['name']}"
