"""Measuring how fast a training goes on this machine, and what share of it the machine could give."""
