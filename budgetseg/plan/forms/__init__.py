"""Forms of learning curves over mixes of annotations; `budgetseg.plan.stacking` weighs them."""

from collections.abc import Mapping
from typing import Final

from budgetseg.plan.forms.additive import AdditiveLogs, AdditivePower
from budgetseg.plan.forms.effective import Effective
from budgetseg.plan.forms.form import Curve as Curve
from budgetseg.plan.forms.form import Form as Form
from budgetseg.plan.forms.form import Parameter as Parameter
from budgetseg.plan.forms.ladder import Ladder

__all__ = ["FORMS", "Curve", "Form", "Parameter"]

FORMS: Final[Mapping[str, Form]] = {
    form.name: form for form in (Ladder(), Effective(), AdditiveLogs(), AdditivePower())
}
