"""What annotations are worth in mIoU: the runs behind the accuracy table, and the arithmetic on their results."""
