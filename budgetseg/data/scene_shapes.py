"""Outlines of the things in a generated scene, as fields over the thing's own plane.

An outline is drawn once from a random generator and is then a function of coordinates u, v (unit: the thing's size): it
is positive inside, negative outside and near the edge about the distance to the edge, in the same unit. Every outline
fits into the square |u|, |v| < EXTENT.

Shape suffixes: H rows, W columns.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

__all__ = ["EXTENT", "Array", "Field", "area_of", "blob", "disc", "lozenge", "oval", "quad", "star", "tub"]

Array = NDArray[np.float32]
Field = Callable[[Array, Array], Array]

EXTENT = 1.7


def area_of(outline: Field, samples: int = 24) -> float:
    """Area inside an outline, in units of the thing's plane, from ``samples`` x ``samples`` points."""
    step = 2 * EXTENT / samples
    axis = (np.arange(samples, dtype=np.float32) + 0.5) * step - EXTENT
    # A point near the edge counts by how much of its cell is inside; else straight edges would be off by half a cell.
    covered_HW = np.clip(outline(axis[None, :], axis[:, None]) / step + 0.5, 0, 1)
    return float(covered_HW.sum()) * step * step


def _polar(radius: Callable[[Array], NDArray[np.floating]]) -> Field:
    """Outline whose edge lies at distance ``radius(angle)`` from the origin."""

    def outline(u_HW: Array, v_HW: Array) -> Array:
        return np.asarray(radius(np.arctan2(v_HW, u_HW)) - np.hypot(u_HW, v_HW), np.float32)

    return outline


def oval(rng: np.random.Generator) -> Field:
    """An ellipse, somewhat egg-shaped."""
    aspect, egg = rng.uniform(0.6, 0.85), rng.uniform(-0.15, 0.15)

    def outline(u_HW: Array, v_HW: Array) -> Array:
        half_HW = aspect * (1 + egg * u_HW)
        return np.asarray(aspect * (1 - np.hypot(u_HW, v_HW / half_HW)), np.float32)

    return outline


def disc(rng: np.random.Generator) -> Field:
    """A circle with a lip where a shell opens."""
    lip = rng.uniform(0.05, 0.35)
    return _polar(lambda angle_HW: 0.9 + lip * np.maximum(np.cos(angle_HW), 0) ** 4)


def lozenge(rng: np.random.Generator) -> Field:
    """Two arcs that meet in points; the broadest place is off centre."""
    breadth, shift = rng.uniform(0.4, 0.65), rng.uniform(-0.35, 0.35)

    def outline(u_HW: Array, v_HW: Array) -> Array:
        inside_HW = np.maximum(1 - (u_HW / 1.25) ** 2, 0) * (1 + shift * u_HW)
        return np.asarray(breadth * inside_HW - np.abs(v_HW) - 0.6 * np.maximum(np.abs(u_HW) - 1.25, 0), np.float32)

    return outline


def star(rng: np.random.Generator) -> Field:
    """Five or six rounded arms, some deeper cut than others."""
    arms, depth, start = int(rng.integers(5, 7)), rng.uniform(0.28, 0.42), rng.uniform(0, 2 * math.pi)
    wave = _polar(lambda angle_HW: 0.85 + depth * np.cos(arms * angle_HW + start) * (1.2 - 0.2 * np.cos(angle_HW)))
    return lambda u_HW, v_HW: np.asarray(0.6 * wave(u_HW, v_HW), np.float32)


def quad(rng: np.random.Generator) -> Field:
    """A rectangle."""
    aspect = rng.uniform(0.65, 1.0)
    return lambda u_HW, v_HW: np.minimum(1 - np.abs(u_HW), aspect - np.abs(v_HW))


def tub(rng: np.random.Generator) -> Field:
    """A vessel: narrower at its foot, with rounded corners and a bulge."""
    height, taper, power = rng.uniform(0.65, 0.95), rng.uniform(0.15, 0.35), rng.uniform(3, 5)

    def outline(u_HW: Array, v_HW: Array) -> Array:
        half_HW = 1 - taper * np.clip(v_HW / height, -1.5, 1.5)
        reach_HW = np.abs(u_HW / half_HW) ** power + np.abs(v_HW / height) ** power
        return np.asarray(0.8 * (1 - reach_HW ** (1 / power)), np.float32)

    return outline


def blob(rng: np.random.Generator) -> Field:
    """Nothing in particular: a wobbly closed curve."""
    sways_3 = rng.uniform(0, 0.25, 3).tolist()
    phases_3 = rng.uniform(0, 2 * math.pi, 3).tolist()

    def radius(angle_HW: Array) -> Array:
        edge_HW = np.full_like(angle_HW, 0.9)
        for order, (sway, phase) in enumerate(zip(sways_3, phases_3, strict=True), start=2):
            edge_HW += sway / order * 2 * np.cos(order * angle_HW + phase)
        return edge_HW

    return _polar(radius)
