"""Replay: is the planner right? Measured surfaces, replayed against peers, rules of thumb and the oracle."""

from budgetseg.replay.prices import ImagePrices as ImagePrices
from budgetseg.replay.replay import Design as Design
from budgetseg.replay.replay import Replay as Replay
from budgetseg.replay.replay import replay as replay
from budgetseg.replay.sets import Measured as Measured
from budgetseg.replay.sets import read_measured as read_measured
