"""Patterns and colours of generated scenes.

A pattern is drawn once from a random generator and is then a function of coordinates u, v (unit: the thing's size) with
values in 0..1: how much of the second colour shows. The argument ``finest`` is the shortest wavelength, in the same
unit, that the image can still show; no pattern goes below it.

Shape suffixes: H rows, W columns, 3 colours.
"""

import colorsys
import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from budgetseg.data.scene_shapes import Array, Field

__all__ = [
    "PatternMaker",
    "colour",
    "meridians",
    "noise",
    "plain",
    "planks",
    "rings",
    "speckles",
    "spots",
    "veins",
    "waves",
    "weave",
]

PatternMaker = Callable[[np.random.Generator, float], Field]

_TURN = 2 * math.pi


def colour(rng: np.random.Generator, hue: float, saturation: tuple[float, float], value: tuple[float, float]) -> Array:
    """A colour near ``hue`` (in turns): RGB in 0..1, saturation and value uniform in the given ranges."""
    hue = (hue + rng.normal(0, 0.03)) % 1
    return np.array(colorsys.hsv_to_rgb(hue, rng.uniform(*saturation), rng.uniform(*value)), np.float32)


def noise(
    rng: np.random.Generator, height: int, width: int, wavelengths: tuple[float, ...], stretch: float = 1.0
) -> Array:
    """Smooth noise of shape (height, width), mean 0, about unit variance: random grids of growing coarseness, summed.

    Args:
        rng: Source of the grids.
        height: Rows.
        width: Columns.
        wavelengths: Grid spacings in pixels; the amplitude is proportional to the square root of the spacing.
        stretch: How many times longer the spacing is along rows than along columns.
    """
    total_HW = np.zeros((height, width), np.float32)
    for wavelength in wavelengths:
        rows, columns = _interpolation(height, wavelength), _interpolation(width, wavelength * stretch)
        grid = rng.standard_normal((rows.shape[1], columns.shape[1]), np.float32)
        total_HW += math.sqrt(wavelength) * (rows @ grid @ columns.T)
    # Linear interpolation between independent knots keeps 2/3 of the variance in each direction.
    return total_HW / (2 / 3 * math.sqrt(sum(wavelengths)))


@lru_cache(maxsize=1024)
def _interpolation(length: int, spacing: float) -> Array:
    """Matrix of shape (length, knots) that interpolates linearly between knots ``spacing`` pixels apart."""
    position = np.arange(length, dtype=np.float32)[:, None] / spacing
    knots = np.arange(int(length / spacing) + 2, dtype=np.float32)
    return np.asarray(np.maximum(0, 1 - np.abs(position - knots)), np.float32)


def _edge(wave_HW: NDArray[np.floating], sharpness: float) -> Array:
    """A sine made more or less square, in 0..1."""
    return np.asarray(0.5 + 0.5 * np.clip(wave_HW * sharpness, -1, 1), np.float32)


def _wavelength(rng: np.random.Generator, low: float, high: float, finest: float) -> float:
    return min(max(math.exp(rng.uniform(math.log(low), math.log(high))), finest), 2.2 * finest)


def meridians(rng: np.random.Generator, finest: float) -> Field:
    """Stripes from pole to pole of a ball."""
    wavelength, sharpness = _wavelength(rng, 0.22, 0.55, finest), rng.uniform(0.8, 3)
    phase, wobble, pace = rng.uniform(0, _TURN), rng.uniform(0, 0.8), rng.uniform(4, 12)

    def pattern(u_HW: Array, v_HW: Array) -> Array:
        across_HW = v_HW / np.sqrt(np.maximum(1.15 - u_HW**2, 0.1))
        return _edge(np.sin(_TURN * across_HW / wavelength + phase + wobble * np.sin(pace * u_HW)), sharpness)

    return pattern


def spots(rng: np.random.Generator, finest: float) -> Field:
    """Round spots in staggered rows, and a seam along the middle."""
    pitch, size = _wavelength(rng, 0.35, 0.75, 1.2 * finest), rng.uniform(-0.1, 0.35)
    shift_u, seam = rng.uniform(0, 1), rng.uniform(0.03, 0.1)

    def pattern(u_HW: Array, v_HW: Array) -> Array:
        row_HW = np.abs(v_HW) / pitch
        along_HW = u_HW / pitch + shift_u + 0.5 * np.floor(row_HW)
        dots_HW = np.cos(_TURN * (along_HW - 0.5)) * 0.5 + np.cos(_TURN * (row_HW - 0.5)) * 0.5 - size
        return np.maximum(_edge(dots_HW, 3), (np.abs(v_HW) < seam).astype(np.float32))

    return pattern


def veins(rng: np.random.Generator, finest: float) -> Field:
    """A midrib and slanting side veins."""
    wavelength, slant = _wavelength(rng, 0.22, 0.5, finest), rng.uniform(0.7, 1.8)
    width, phase = rng.uniform(0.1, 0.5), rng.uniform(0, _TURN)

    def pattern(u_HW: Array, v_HW: Array) -> Array:
        side_HW = _edge(np.sin(_TURN * (u_HW - slant * np.abs(v_HW)) / wavelength + phase) - 1 + 2 * width, 2)
        return np.maximum(side_HW, _edge(0.07 - np.abs(v_HW), 20))

    return pattern


def speckles(rng: np.random.Generator, finest: float) -> Field:
    """Irregular grains: products of waves in odd directions."""
    wavelength = _wavelength(rng, 0.16, 0.35, 0.9 * finest)
    waves_42 = rng.uniform(0, _TURN, (4, 2)).tolist()
    level = rng.uniform(-0.2, 0.5)

    def pattern(u_HW: Array, v_HW: Array) -> Array:
        total_HW = np.full_like(u_HW, -level)
        for angle, phase in waves_42:
            along_HW = (math.cos(angle) * u_HW + math.sin(angle) * v_HW) / wavelength
            total_HW += 0.6 * np.sin(_TURN * along_HW + phase)
        return _edge(total_HW, 1.5)

    return pattern


def planks(rng: np.random.Generator, finest: float) -> Field:
    """Parallel boards with dark gaps, no two of one tone."""
    pitch, gap = _wavelength(rng, 0.3, 0.6, 1.3 * finest), rng.uniform(0.15, 0.3)
    tones = rng.uniform(0, 0.45, 64).astype(np.float32)
    shift = rng.uniform(0, 1)

    def pattern(u_HW: Array, v_HW: Array) -> Array:
        place_HW = v_HW / pitch + shift
        tone_HW = tones[np.floor(place_HW).astype(np.int64) % 64]
        return np.asarray(np.where(place_HW % 1 < gap, 1, tone_HW + 0 * u_HW), np.float32)

    return pattern


def weave(rng: np.random.Generator, finest: float) -> Field:
    """Strips that pass over and under each other."""
    pitch, skew = _wavelength(rng, 0.2, 0.42, finest), rng.uniform(0.8, 1.6)

    def pattern(u_HW: Array, v_HW: Array) -> Array:
        column_HW, row_HW = u_HW / pitch / skew, v_HW / pitch
        over_HW = (np.floor(column_HW) + np.floor(row_HW)) % 2
        bow_HW = np.where(over_HW > 0, np.sin(math.pi * (column_HW % 1)), np.sin(math.pi * (row_HW % 1)))
        return np.asarray(over_HW * 0.7 + 0.3 * (1 - bow_HW), np.float32)

    return pattern


def rings(rng: np.random.Generator, finest: float) -> Field:
    """A spiral, or concentric rings."""
    wavelength, turns = _wavelength(rng, 0.22, 0.5, finest), int(rng.integers(-1, 2))
    sharpness, phase = rng.uniform(0.8, 3), rng.uniform(0, _TURN)
    off_u, off_v = rng.uniform(-0.25, 0.25), rng.uniform(-0.25, 0.25)

    def pattern(u_HW: Array, v_HW: Array) -> Array:
        radius_HW = np.hypot(u_HW - off_u, v_HW - off_v)
        angle_HW = np.arctan2(v_HW - off_v, u_HW - off_u)
        return _edge(np.sin(_TURN * radius_HW / wavelength + turns * angle_HW + phase), sharpness)

    return pattern


def waves(rng: np.random.Generator, finest: float) -> Field:
    """A grating in one direction, slightly bent."""
    wavelength, sharpness = _wavelength(rng, 0.2, 0.7, finest), rng.uniform(0.6, 3)
    angle, bend, phase = rng.uniform(0, _TURN), rng.uniform(0, 1.5), rng.uniform(0, _TURN)

    def pattern(u_HW: Array, v_HW: Array) -> Array:
        along_HW = (math.cos(angle) * u_HW + math.sin(angle) * v_HW) / wavelength
        across_HW = math.cos(angle) * v_HW - math.sin(angle) * u_HW
        return _edge(np.sin(_TURN * along_HW + phase + bend * np.sin(2 * across_HW)), sharpness)

    return pattern


def plain(rng: np.random.Generator, finest: float) -> Field:  # noqa: ARG001 - a PatternMaker
    """No pattern: one mixture of the two colours."""
    level = np.float32(rng.uniform(0, 0.5))
    return lambda u_HW, v_HW: np.full(np.broadcast_shapes(u_HW.shape, v_HW.shape), level, np.float32)
