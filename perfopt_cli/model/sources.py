"""What ``--model`` names, as proposers."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from perfopt_cli.core import PerfoptError, Proposer
from perfopt_cli.model.checkpoint import (
    base_of,
    check_adapter,
    is_whole_model,
    looks_like_hub_name,
)
from perfopt_cli.model.examples.own import library_of
from perfopt_cli.model.local import open_model
from perfopt_cli.model.mini.proposer import MiniProposer
from perfopt_cli.model.mini.weights import exported, folder_of, is_mini
from perfopt_cli.model.propose import ModelProposer
from perfopt_cli.model.replay import ReplayProposer
from perfopt_cli.model.server.address import FORM, FORM_BASE, is_server, read_address

FORMS = f"""\
  rules                     the built-in rewrites
  mini                      the small model that perfopt brings, or the project's own in
                            .perfopt/mini; mini:FOLDER for one that was exported there
  replay:FILE.jsonl         candidates from a file
  FOLDER                    a transformers model on this machine, or a run of perfopt train
  org/name                  a model of the Hugging Face hub
  {FORM}
                            a model that Ollama, llama-server, LM Studio or vLLM serves; without
                            #NAME the only one there
  {FORM_BASE}                     a model of the server at OPENAI_BASE_URL"""


def open_proposers(
    specs: Sequence[str],
    *,
    adapter: str | Path | None,
    quantize: str,
    root: Path,
    by_user: bool = False,
) -> list[Proposer]:
    """Return a proposer for each spec, in order.

    ``adapter`` and ``quantize`` are for the local model; ``root`` is the
    project's; ``by_user`` tells specs of the command line, which may name any
    server, from those of the project's files. Where no spec is a local model,
    the adapter's own base model is added; an ``adapter`` that is a whole model,
    as full fine-tuning makes it, is added itself. Nothing heavy is imported or
    loaded, but what can be checked quickly is: raises PerfoptError for a spec,
    file or folder that won't do, and where the only source is a server that
    does not answer, or the small model and it can't run here.
    """
    local = [spec for spec in specs if _is_local(spec)]
    if adapter is not None and not local:
        folder = Path(adapter).expanduser()
        if is_whole_model(folder):
            specs, local, adapter = [*specs, str(folder.resolve())], [str(folder)], None
        else:
            check_adapter(folder)
            local = [base] if (base := base_of(folder)) else []
            specs = [*specs, *local]
    if adapter is not None and len(local) != 1:
        found = f"these are {len(local)}: {', '.join(local)}" if local else "there is none"
        raise PerfoptError(
            f"the adapter {adapter} needs one local model under it, and {found}; "
            "name its base model with --model FOLDER or --model org/name"
        )
    opened = [_open(spec, adapter, quantize, root, by_user) for spec in specs]
    if len(opened) == 1 and isinstance(opened[0], ModelProposer | MiniProposer):
        opened[0].check()
    return opened


def _open(
    spec: str, adapter: str | Path | None, quantize: str, root: Path, by_user: bool
) -> Proposer:
    if spec == "rules":
        from perfopt_cli.model.rules import Rules

        return Rules(root)
    if spec.startswith("replay:"):
        return ReplayProposer(spec.removeprefix("replay:"), root)
    if is_mini(spec):
        return MiniProposer(folder_of(spec, root, by_user=by_user), root)
    if is_server(spec):
        from perfopt_cli.model.server.model import ServedModel

        served = ServedModel(read_address(spec, os.environ, by_user=by_user))
        return ModelProposer(served, library_of(root))
    if not _is_local(spec):
        raise PerfoptError(
            f"--model {spec!r} is neither a folder that exists nor a name that perfopt knows; "
            f"use one of these forms:\n{FORMS}"
        )
    if by_user and adapter is None and (small := exported(Path(spec).expanduser())) is not None:
        return MiniProposer(small, root)
    return ModelProposer(open_model(spec, adapter, quantize), library_of(root))


def _is_local(spec: str) -> bool:
    if spec == "rules" or spec.startswith("replay:") or is_mini(spec) or is_server(spec):
        return False
    if spec.startswith(("/", "./", "../", "~")) or looks_like_hub_name(spec):
        return True
    return bool(spec) and Path(spec).is_dir()
