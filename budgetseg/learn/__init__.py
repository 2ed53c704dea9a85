"""Learning: losses, networks and training; the only room that imports torch."""
