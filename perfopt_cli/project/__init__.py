"""The user's project: its root, its Python files, its interpreter and a copy of it."""

from perfopt_cli.project.copy import copy_project, python_path, unmapped
from perfopt_cli.project.files import python_files, snapshot
from perfopt_cli.project.find import Project, Selection, find_project, select
from perfopt_cli.project.git import git_note
from perfopt_cli.project.index import Index, open_index
from perfopt_cli.project.interpreter import Interpreter, child_environ, find_python, probe_python
from perfopt_cli.project.program import Program, read_program, read_programs
from perfopt_cli.project.revision import Revision, put_back, read_revision
from perfopt_cli.project.staged import Touched, staged_project, touched_functions

__all__ = [
    "Index",
    "Interpreter",
    "Program",
    "Project",
    "Revision",
    "Selection",
    "Touched",
    "child_environ",
    "copy_project",
    "find_project",
    "find_python",
    "git_note",
    "open_index",
    "probe_python",
    "put_back",
    "python_files",
    "python_path",
    "read_program",
    "read_programs",
    "read_revision",
    "select",
    "snapshot",
    "staged_project",
    "touched_functions",
    "unmapped",
]
