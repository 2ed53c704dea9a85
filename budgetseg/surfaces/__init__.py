"""Measured surfaces: the mIoU of many mixes on each of several data sets, from which a planner can learn."""
