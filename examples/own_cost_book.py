"""What do our own annotation times buy? Reads a cost book of one's own and compares it with the paper's.

Run:  python examples/own_cost_book.py
"""

from pathlib import Path

from budgetseg.costs import Workload, afford, load_book, seconds_of_hours, seconds_of_images

# A book is a TOML file; a mistake in it is reported with file, key and fix.
own = load_book(Path(__file__).with_name("own_costs.toml"))
paper = load_book("voc2012")

# What an image asks of an annotator: 6 classes are asked about, 1.2 are there, as 2 instances.
workload = Workload.of(6, 1.2, 2)
budget_seconds = seconds_of_hours("60h")

print(f"60 hours buy, at the rates of   {own.name:>8}   {paper.name:>8}")
for kind in paper.kinds:
    bought = [
        afford(book, kind, workload, budget_seconds).images if kind in book.kinds else "-" for book in (own, paper)
    ]
    print(f"  images of kind {kind:<14} {bought[0]:>8}   {bought[1]:>8}")
for kind, reason in own.unavailable.items():
    print(f'{kind} has no cost in "{own.name}", for {reason}')
if own.unverified:
    print(f"Nobody has verified: {', '.join(own.unverified)}")

# Where the data set is known, each image costs what its own classes and instances cost; seconds stay exact fractions.
seconds = seconds_of_images(own, "allpoints", classes_asked=6, classes_present_N=[1, 2, 1], instances_N=[1, 5, 3])
print(f"All points of three real images: {' + '.join(f'{float(s):g}' for s in seconds)} = {float(sum(seconds)):g} s")
