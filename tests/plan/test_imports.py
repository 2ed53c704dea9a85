"""Planning stays light: no torch, scipy or pandas, not even by a way round; and the example in examples/ runs."""

import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def test_planning_imports_nothing_heavy() -> None:
    code = (
        "import sys; from budgetseg.plan import *; import budgetseg.plan as p; from budgetseg.costs import *;"
        "p.fit_surface(p.read_evidence('paper'));"
        "print(*sorted({'torch', 'scipy', 'pandas', 'plotly', 'PIL'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_the_example_plans_a_budget() -> None:
    done = subprocess.run(
        [sys.executable, "examples/plan_a_budget.py"],
        cwd=REPOSITORY,
        env={"PYTHONPATH": str(REPOSITORY), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "paper-hybrid     8,789    60.0" in done.stdout
    assert "point            9,773" in done.stdout
