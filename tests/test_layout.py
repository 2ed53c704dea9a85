"""The rules of the house: links at the top, layers that hold, heavy imports that stay late."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
PACKAGE = REPOSITORY / "budgetseg"

# What each room may import of the others, beside budgetseg.errors, files and settings.
MAY_KNOW = {
    "costs": set(),
    "plan": {"costs"},
    "calibrate": {"costs"},
    "data": {"costs"},
    "annotate": {"costs", "data"},
    "annotate_page": {"costs", "data", "annotate", "calibrate", "labelling"},
    "learn": {"costs", "data", "annotate"},
    "bench": {"costs", "data", "annotate", "learn", "runs"},
    "runs": {"costs", "plan", "data", "annotate", "learn"},
    "report": {"costs", "plan", "data", "runs"},
    "reproduce": {"costs", "runs"},
    "replay": {"costs", "plan"},
    "accuracy": {"costs", "plan", "data", "runs"},
    "surfaces": {"costs", "plan", "data", "runs", "accuracy"},
    "sweep": {"costs", "plan", "data", "learn", "runs", "accuracy"},
    "labelling": {"costs", "plan", "data", "annotate", "calibrate"},
}
MAY_USE = {"torch": {"learn", "runs", "bench"}, "torchvision": {"learn"}, "timm": {"learn"}, "plotly": {"report"}}


def imports(path):
    """Yield the full name of everything that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module


def loaded_by(*command):
    """Return the top-level modules that a fresh interpreter loads for a command."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *command], capture_output=True, text=True, check=True, cwd=REPOSITORY
    )
    names = [line.rsplit("|", 1)[1].strip() for line in done.stderr.splitlines() if line.startswith("import time:")]
    assert len(names) > 20  # the listing was understood
    return {name.split(".")[0] for name in names}


@pytest.mark.parametrize("name", ["costs", "cli"])
def test_the_links_at_the_top_open_the_rooms(name):
    link = REPOSITORY / name
    assert link.is_symlink(), "a checkout with symbolic links is expected"
    assert link.readlink() == Path("budgetseg") / name
    assert (link / "__init__.py").samefile(PACKAGE / name / "__init__.py")


@pytest.mark.parametrize("room", MAY_KNOW)
def test_rooms_know_only_what_lies_below(room):
    for path in sorted((PACKAGE / room).rglob("*.py")):
        for name in imports(path):
            parts = name.split(".")
            if parts[0] == "budgetseg" and len(parts) > 1 and (PACKAGE / parts[1]).is_dir():
                assert parts[1] == room or parts[1] in MAY_KNOW[room], f"{path.relative_to(REPOSITORY)} imports {name}"
            if parts[0] in MAY_USE:
                assert room in MAY_USE[parts[0]], f"{path.relative_to(REPOSITORY)} imports {name}"


def test_costs_know_nothing_of_the_project_and_need_no_library():
    for path in sorted((PACKAGE / "costs").rglob("*.py")):
        for name in imports(path):
            inside = name.startswith("budgetseg.costs") or name.split(".")[0] in sys.stdlib_module_names
            assert inside or name == "numpy", f"{path.relative_to(REPOSITORY)} imports {name}"


def test_planning_loads_no_torch_pandas_scipy_or_plotly():
    loaded = loaded_by("-m", "budgetseg", "plan", "--hours", "60")
    assert "numpy" in loaded
    assert not loaded & {"torch", "pandas", "scipy", "plotly", "timm", "torchvision"}


def test_a_dry_reproduction_loads_no_torch_pandas_scipy_or_plotly():
    loaded = loaded_by("-m", "budgetseg", "reproduce", "table1", "--dry-run")
    assert not loaded & {"torch", "pandas", "scipy", "plotly", "timm", "torchvision"}


def test_no_file_is_long():
    """One idea a file: 300 lines are the most, and the exceptions are tables of options or of test rows."""
    allowed = {"cli/run.py"}
    for path in sorted(PACKAGE.rglob("*.py")):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= 300 or str(path.relative_to(PACKAGE)) in allowed, f"{path.name} has {lines} lines"
