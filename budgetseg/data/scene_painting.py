"""Painting a generated scene: a background of a few materials, things over it, then light and camera.

Shape suffixes: H rows, W columns, 3 colours. While it is painted, an image is float32 RGB of shape (3, H, W), about
0..1.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from budgetseg.data import scene_textures as textures
from budgetseg.data.scene_shapes import EXTENT, Array, Field

__all__ = ["Skin", "Thing", "background", "paint", "photograph", "pose", "shortest_wave"]

_SHORTEST_WAVE_PIXELS = 4.0
_MATERIALS = (
    textures.plain,
    textures.plain,
    textures.waves,
    textures.speckles,
    textures.planks,
    textures.weave,
    textures.spots,
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Skin:
    """How a surface looks: two colours, mixed by a pattern, and grain."""

    pattern: Field
    colours_23: Array
    """The colour where the pattern is 0, and where it is 1."""
    grain: float
    """Standard deviation of the small irregularities, as a share of the brightness."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Thing:
    """Something with an outline: an object, or clutter of the background."""

    outline: Field
    skin: Skin
    centre_xy: tuple[float, float]
    """Pixels."""
    size_pixels: float
    """Length of one unit of the outline's plane."""
    area_pixels: float
    """Pixels that it covers where nothing hides it."""
    pose_22: Array
    """Maps a direction in the image to the thing's own plane; no singular value is below 1."""


def pose(rng: np.random.Generator, tilt: float, squeeze: float) -> Array:
    """A turn by up to ``tilt`` radians, seen from a side: one direction shortened, to ``squeeze`` at the least."""
    slant, turn = rng.uniform(0, math.pi), rng.uniform(-tilt, tilt)
    across_2 = np.array([math.cos(slant), math.sin(slant)])
    turned_22 = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    # I + (k - 1) n n^T stretches by k along n, here the plane of the thing, which is to say that it shortens the image.
    shorter_22 = np.eye(2) + (1 / rng.uniform(squeeze, 1) - 1) * np.outer(across_2, across_2)
    return np.asarray(shorter_22 @ turned_22, np.float32)


def _plane(pose_22: Array, x_HW: Array, y_HW: Array) -> tuple[Array, Array]:
    return pose_22[0, 0] * x_HW + pose_22[0, 1] * y_HW, pose_22[1, 0] * x_HW + pose_22[1, 1] * y_HW


def shortest_wave(size_pixels: float) -> float:
    """The shortest wavelength that the image can show, in units of a thing of this size."""
    return _SHORTEST_WAVE_PIXELS / size_pixels


def _mixed(colours_23: Array, mix_HW: Array) -> Array:
    base_311, other_311 = colours_23[:, :, None, None]
    return np.asarray(base_311 + mix_HW * (other_311 - base_311), np.float32)


def background(rng: np.random.Generator, height: int, width: int, hues: tuple[float, ...]) -> Array:
    """One to three materials that meet along wavy lines: an image of shape (3, height, width)."""
    y_HW = np.arange(height, dtype=np.float32)[:, None]
    x_HW = np.arange(width, dtype=np.float32)[None, :]
    image_3HW = _material(rng, y_HW, x_HW, hues)
    for _ in range(int(rng.integers(0, 3))):
        # Most borders lie level, as a horizon or the edge of a table does.
        angle = math.pi / 2 + rng.normal(0, 0.5)
        along_HW = math.cos(angle) * (x_HW - rng.uniform(0.2, 0.8) * width)
        along_HW = along_HW + math.sin(angle) * (y_HW - rng.uniform(0.2, 0.8) * height)
        along_HW += rng.uniform(0, 5) * textures.noise(rng, height, width, (24.0,))
        cover_HW = np.clip(along_HW / rng.uniform(1, 6) + 0.5, 0, 1)
        image_3HW += cover_HW * (_material(rng, y_HW, x_HW, hues) - image_3HW)
    return image_3HW


def _material(rng: np.random.Generator, y_HW: Array, x_HW: Array, hues: tuple[float, ...]) -> Array:
    """One material over the whole image."""
    height, width = y_HW.shape[0], x_HW.shape[1]
    size_pixels = math.exp(rng.uniform(math.log(8), math.log(40)))
    base_3 = textures.colour(rng, hues[rng.integers(len(hues))], (0.0, 0.4), (0.25, 0.95))
    other_3 = base_3 * rng.uniform(0.5, 1.3) + rng.normal(0, 0.05, 3).astype(np.float32)
    pattern = _MATERIALS[rng.integers(len(_MATERIALS))](rng, shortest_wave(size_pixels))
    mix_HW = pattern(*_plane(pose(rng, math.pi, 0.5) / np.float32(size_pixels), x_HW, y_HW))
    coarse_pixels = math.exp(rng.uniform(math.log(3), math.log(24)))
    stretch = math.exp(rng.normal(0, 0.6))
    cloud_HW = textures.noise(rng, height, width, (coarse_pixels, coarse_pixels / 3 + 1), stretch)
    return _mixed(np.stack([base_3, other_3]), np.clip(mix_HW + rng.uniform(0.1, 0.5) * cloud_HW, 0, 1))


def paint(rng: np.random.Generator, image_3HW: Array, thing: Thing) -> tuple[tuple[slice, slice], NDArray[np.bool_]]:
    """Paint a thing over an image, in place.

    Returns:
        A part of the image, as rows and columns, and which of its pixels the thing covers.
    """
    where, depth_HW, u_HW, v_HW = _seen(image_3HW.shape[1:], thing)
    skin = thing.skin
    # Light from one side, darker towards the edge as on a round body, and irregularities.
    side, strength, roundness = rng.uniform(0, 2 * math.pi), rng.uniform(0, 0.35), rng.uniform(0, 0.4)
    light_HW = 1 + (strength * math.cos(side)) * u_HW + (strength * math.sin(side)) * v_HW
    light_HW -= roundness * np.maximum(1 - 3 * depth_HW, 0)
    light_HW += skin.grain * textures.noise(rng, depth_HW.shape[0], depth_HW.shape[1], (3.0,))
    surface_3HW = _mixed(skin.colours_23, skin.pattern(u_HW, v_HW)) * np.maximum(light_HW, 0.2)
    cover_HW = np.clip(depth_HW * thing.size_pixels + 0.5, 0, 1)
    part_3HW = image_3HW[:, where[0], where[1]]
    part_3HW += cover_HW * (surface_3HW - part_3HW)
    return where, depth_HW > 0


def _seen(shape: tuple[int, ...], thing: Thing) -> tuple[tuple[slice, slice], Array, Array, Array]:
    """The smallest part of an image that holds the thing, and there the outline's values, u and v."""
    reach = EXTENT * thing.size_pixels
    (rows, y_H), (columns, x_W) = (
        _reached(centre, reach, side) for centre, side in zip(reversed(thing.centre_xy), shape, strict=True)
    )
    u_HW, v_HW = _plane(thing.pose_22 / np.float32(thing.size_pixels), x_W[None, :], y_H[:, None])
    depth_HW = thing.outline(u_HW, v_HW)
    touched_HW = depth_HW * thing.size_pixels > -0.5
    (top, bottom), (left, right) = (_bounds(np.any(touched_HW, axis=axis)) for axis in (1, 0))
    where = slice(rows.start + top, rows.start + bottom), slice(columns.start + left, columns.start + right)
    part = slice(top, bottom), slice(left, right)
    return where, depth_HW[part], u_HW[part], v_HW[part]


def _reached(centre: float, reach: float, side: int) -> tuple[slice, Array]:
    """The pixels of a row or column that are less than ``reach`` from the centre, and how far each is."""
    pixels = slice(max(0, int(centre - reach)), min(side, int(centre + reach) + 2))
    return pixels, np.arange(pixels.start, pixels.stop, dtype=np.float32) - np.float32(centre)


def _bounds(used_N: NDArray[np.bool_]) -> tuple[int, int]:
    """First used place and one past the last; (0, 0) if none is used."""
    places = np.flatnonzero(used_N)
    return (int(places[0]), int(places[-1]) + 1) if places.size else (0, 0)


def photograph(rng: np.random.Generator, image_3HW: Array) -> NDArray[np.uint8]:
    """Uneven light, white balance, exposure, a lens that blurs, a noisy sensor: uint8 of shape (H, W, 3)."""
    _, height, width = image_3HW.shape
    gain_3 = rng.uniform(0.85, 1.15, 3).astype(np.float32) * np.float32(math.exp(rng.normal(0, 0.15)))
    shade_HW = 1 + rng.uniform(0, 0.25) * textures.noise(rng, height, width, (64.0,))
    seen_3HW = image_3HW * gain_3[:, None, None] * np.maximum(shade_HW, 0.2)
    blur_pixels = rng.uniform(0.3, 0.7)
    seen_3HW = gaussian_filter(seen_3HW, (0, blur_pixels, blur_pixels), truncate=2.5)
    seen_3HW += rng.uniform(0.005, 0.03) * rng.standard_normal((height, width), np.float32)
    return np.ascontiguousarray(np.clip(seen_3HW * 255 + 0.5, 0, 255).astype(np.uint8).transpose(1, 2, 0))
