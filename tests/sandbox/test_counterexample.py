"""A counterexample as a verdict carries it."""

from __future__ import annotations

from perfopt_cli.core import Reason, Rewrite, Status, Target
from perfopt_cli.sandbox.checked import refused
from perfopt_cli.sandbox.gate import Refusal
from perfopt_cli.sandbox.shrink import Counterexample

SOURCE = "def f(): ...\n"


def test_it_is_python_with_its_imports() -> None:
    found = Counterexample(("import a", "from b import f"), "f(a.x)", True, True, "differs")
    assert found.paste() == "import a\nfrom b import f\nf(a.x)"


def test_a_description_is_nothing_to_paste() -> None:
    assert Counterexample((), "f(<Thing>)", False, True, "differs").paste() == ""


def test_the_verdict_has_what_the_refusal_had() -> None:
    rewrite = Rewrite(Target("m.py", "f", 1, SOURCE), SOURCE)
    verdict = refused(rewrite, Refusal(Reason.DIVERGED, "differs", "f(1)"))
    assert (verdict.status, verdict.paste) == (Status.REJECTED, "f(1)")
