"""What annotation costs: kinds, cost books, workloads and exact accounting in seconds. Needs nothing but Python."""

from budgetseg.costs.accounting import Affordable as Affordable
from budgetseg.costs.accounting import afford as afford
from budgetseg.costs.accounting import mix_seconds as mix_seconds
from budgetseg.costs.accounting import objectness_seconds as objectness_seconds
from budgetseg.costs.book import CostBook as CostBook
from budgetseg.costs.book import load_book as load_book
from budgetseg.costs.book import shipped_books as shipped_books
from budgetseg.costs.errors import BudgetsegError as BudgetsegError
from budgetseg.costs.errors import BudgetTooSmallError as BudgetTooSmallError
from budgetseg.costs.errors import InvalidInputError as InvalidInputError
from budgetseg.costs.hours import seconds_of_hours as seconds_of_hours
from budgetseg.costs.kinds import KINDS as KINDS
from budgetseg.costs.kinds import Kind as Kind
from budgetseg.costs.kinds import Per as Per
from budgetseg.costs.per_image import AbsentPaid as AbsentPaid
from budgetseg.costs.per_image import Accounting as Accounting
from budgetseg.costs.per_image import round_half_up as round_half_up
from budgetseg.costs.per_image import seconds_of_images as seconds_of_images
from budgetseg.costs.per_image import seconds_per_image as seconds_per_image
from budgetseg.costs.rate import Rate as Rate
from budgetseg.costs.workload import PASCAL_VOC_2012 as PASCAL_VOC_2012
from budgetseg.costs.workload import PASCAL_VOC_2012_POOL as PASCAL_VOC_2012_POOL
from budgetseg.costs.workload import Workload as Workload
