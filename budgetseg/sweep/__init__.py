"""Many runs: a grid of strategies, budgets and seeds, carried out by an engine, on one machine or many."""
