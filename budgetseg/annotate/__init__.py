"""Annotators: what people would answer, simulated from masks or taken from real clicks."""

from budgetseg.annotate.annotation import Annotation as Annotation
from budgetseg.annotate.annotation import Box as Box
from budgetseg.annotate.annotation import Click as Click
from budgetseg.annotate.annotation import Stroke as Stroke
from budgetseg.annotate.annotation_set import AnnotationSet as AnnotationSet
from budgetseg.annotate.annotator import Annotator as Annotator
from budgetseg.annotate.audit import ClickAudit as ClickAudit
from budgetseg.annotate.audit import audit_clicks as audit_clicks
from budgetseg.annotate.errors import HUMAN as HUMAN
from budgetseg.annotate.errors import PERFECT as PERFECT
from budgetseg.annotate.errors import ErrorRates as ErrorRates
from budgetseg.annotate.observed import Observed as Observed
from budgetseg.annotate.observed import observe as observe
from budgetseg.annotate.real_clicks import RealClicks as RealClicks
from budgetseg.annotate.real_clicks import read_clicks as read_clicks
from budgetseg.annotate.registry import ANNOTATORS as ANNOTATORS
from budgetseg.annotate.simulate import simulate as simulate
from budgetseg.annotate.target import Target as Target
from budgetseg.annotate.target import target_of as target_of
