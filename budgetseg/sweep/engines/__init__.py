"""What carries runs out: processes here, a Ray cluster, or SLURM."""
