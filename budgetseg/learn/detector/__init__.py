"""A generic object detector learned from a few boxes, and the objectness prior that its windows give."""
