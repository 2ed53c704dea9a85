"""Plan 60 annotation hours from Python, and print what the same hours would buy otherwise.

Run it with: python examples/plan_a_budget.py
"""

from budgetseg.costs import PASCAL_VOC_2012, PASCAL_VOC_2012_POOL, load_book, seconds_of_hours
from budgetseg.plan import choose_plan, read_evidence

plan = choose_plan(
    budget_seconds=seconds_of_hours("60h"),
    # What a click, a stroke or a mask takes; load_book("my.toml") reads your own times.
    book=load_book("voc2012"),
    # Your images: how many classes are asked about, how many are in an image, how many instances of them.
    workload=PASCAL_VOC_2012,
    pool=PASCAL_VOC_2012_POOL,
    # What finished trainings reached; read_evidence("mine.csv") reads your own, one row a training.
    evidence=read_evidence("paper"),
)

print(f"Buy {plan.mix}, in {plan.hours:.1f} h. The same hours in other ways:\n")
print(f"{'mix':<14}{'images':>8}{'hours':>8}   expected mIoU")
chosen = ("this plan", plan.mix, plan.hours, plan.predicted_miou)
for name, mix, hours, miou in [chosen, *((o.name, o.mix, o.hours, o.predicted_miou) for o in plan.alternatives)]:
    # A kind that no training tells anything about has no prediction.
    expected = f"{miou.mean:.1f} ({miou.low:.1f} to {miou.high:.1f})" if miou else "not known"
    print(f"{name:<14}{mix.images:>8,}{hours:>8.1f}   {expected}")

# The figures hold for the trainer that the evidence comes from, not for every trainer.
print(f"\n{plan.holds_for}")
