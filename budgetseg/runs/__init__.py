"""Runs: what defines an experiment, its folder on disk, and the way from one to the other."""
