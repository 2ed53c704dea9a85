"""Repeating the paper: its published values, the runs that reproduce them, and how far ours are from its own."""
