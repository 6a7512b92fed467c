"""What an interpreter says of itself.

Its text is run by the user's interpreter, Python 3.9 or later, in the
project's root, and prints one line of JSON. It imports only the standard
library, and none of the user's packages.
"""

import json
import os
import sys
from importlib import metadata
from importlib.util import find_spec
from typing import Any

MARK = "perfopt-probe:"


def plugins() -> "dict[str, str]":
    """Return each pytest plugin's version by its distribution's name, less ``pytest-``."""
    found = {}
    for dist in metadata.distributions():
        name = (dist.metadata["Name"] or "").lower().replace("_", "-")
        if any(entry.group == "pytest11" for entry in dist.entry_points):
            found[name[len("pytest-") :] if name.startswith("pytest-") else name] = dist.version
    return found


def editable() -> "tuple[dict[str, str], list[str]]":
    """Return import name to path of setuptools' editable installs, and other import hooks."""
    mapping: dict[str, str] = {}
    for name, module in list(sys.modules.items()):
        if name.startswith("__editable__"):
            mapping.update(getattr(module, "MAPPING", {}))
    hooks = [getattr(type(hook), "__module__", "") for hook in sys.meta_path]
    return mapping, [name for name in hooks if "editable" in name and name[:2] != "__"]


def links() -> "list[str]":
    """Return the targets of the links to packages and modules in the site-packages folders."""
    found = []
    for folder in sys.path:
        if os.path.basename(folder) in ("site-packages", "dist-packages") and os.path.isdir(folder):
            with os.scandir(folder) as entries:
                found += [os.path.realpath(entry.path) for entry in entries if entry.is_symlink()]
    return found


def main() -> None:
    """Print the answer."""
    mapping, hooks = editable()
    has_pytest = find_spec("pytest") is not None
    entries = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    answer: dict[str, Any] = {
        "executable": sys.executable,
        "version": list(sys.version_info[:3]),
        "prefix": sys.prefix,
        "base_prefix": sys.base_prefix,
        "sys_path": [os.path.abspath(entry) for entry in sys.path],
        "pythonpath": [os.path.abspath(entry) for entry in entries if entry],
        "pytest_version": metadata.version("pytest") if has_pytest else None,
        "plugins": plugins(),
        "editable": mapping,
        "hooks": hooks,
        "links": links(),
    }
    print(MARK + json.dumps(answer))


if __name__ == "__main__":
    main()
