"""Planning: evidence, a surface that predicts the mIoU of any mix, and the best mix under a budget. Needs no torch."""

from budgetseg.plan.alternatives import paper_hybrid as paper_hybrid
from budgetseg.plan.alternatives import pure_alternatives as pure_alternatives
from budgetseg.plan.choose import choose_plan as choose_plan
from budgetseg.plan.evidence import Evidence as Evidence
from budgetseg.plan.evidence import read_evidence as read_evidence
from budgetseg.plan.fit import fit_surface as fit_surface
from budgetseg.plan.mix import Mix as Mix
from budgetseg.plan.plan import Alternative as Alternative
from budgetseg.plan.plan import Plan as Plan
from budgetseg.plan.plan import Prediction as Prediction
from budgetseg.plan.plan import read_plan as read_plan
from budgetseg.plan.surface import Surface as Surface
