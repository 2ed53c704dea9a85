"""The report: what the runs say, as one page that opens anywhere."""

from budgetseg.report.page import draw_page as draw_page
from budgetseg.report.page import write_report as write_report
from budgetseg.report.report import Report as Report
from budgetseg.report.report import read_report as read_report
