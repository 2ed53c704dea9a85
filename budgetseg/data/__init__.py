"""Data sets: images, class masks and instances, from disk or made; and what is wrong with them."""

from budgetseg.data.boxes import Box as Box
from budgetseg.data.boxes import read_boxes as read_boxes
from budgetseg.data.check import Problem as Problem
from budgetseg.data.check import problems as problems
from budgetseg.data.check import require_sound as require_sound
from budgetseg.data.dataset import BACKGROUND as BACKGROUND
from budgetseg.data.dataset import VOID as VOID
from budgetseg.data.dataset import Dataset as Dataset
from budgetseg.data.dataset import Instances as Instances
from budgetseg.data.dataset import Split as Split
from budgetseg.data.index import Index as Index
from budgetseg.data.index import index_images as index_images
from budgetseg.data.open import open_dataset as open_dataset
from budgetseg.data.select import Selection as Selection
from budgetseg.data.voc import VOC_CLASSES as VOC_CLASSES
