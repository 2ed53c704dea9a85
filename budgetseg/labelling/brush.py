"""The brush masks of Label Studio: run lengths of bits, in the way of thi.ng/umbrella's rle-pack.

A stream of bits, most significant first: 32 bits, how many values follow; 5 bits, the bits of a value less 1; four
times 4 bits, the bits less 1 in which a length can be written. Then, until all values are there: 1 bit, 2 bits that
choose one of the four sizes, so many bits of a length less 1. Where the first bit is 1, one value follows that stands
so many times; where it is 0, so many values follow. The values are R, G, B and A of each pixel in row order; a pixel
is marked where A is not 0.

Shape suffixes: H rows, W columns; N values; B bytes; b bits.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["brush_of_mask", "mask_of_brush", "pack", "unpack"]

_SIZES: Final = (3, 4, 8, 16)
"""Bits of a length that we write, as the tool does."""
_VALUE_BITS: Final = 8
_CHANNELS: Final = 4


class _Bits:
    """A stream of bits."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.at = 0

    def take(self, bits: int) -> int:
        """Read a number of so many bits."""
        first, last = self.at >> 3, (self.at + bits + 7) >> 3
        if last > len(self.content):
            raise ValueError(f"it ends after {len(self.content)} bytes, within a run")
        number = int.from_bytes(self.content[first:last], "big")
        self.at += bits
        return number >> (last * 8 - self.at) & ((1 << bits) - 1)

    def take_many(self, bits: int, count: int) -> NDArray[np.int64]:
        """Read so many numbers."""
        first, last = self.at >> 3, (self.at + bits * count + 7) >> 3
        if last > len(self.content):
            raise ValueError(f"it ends after {len(self.content)} bytes, within a run")
        all_b = np.unpackbits(np.frombuffer(self.content[first:last], np.uint8))
        own_b = all_b[self.at & 7 :][: bits * count].reshape(count, bits)
        self.at += bits * count
        return own_b.astype(np.int64) @ (1 << np.arange(bits - 1, -1, -1, dtype=np.int64))


def unpack(content: Sequence[Any], expected: int) -> NDArray[np.integer[Any]]:
    """Return the values of a packed sequence of bytes.

    Args:
        content: The bytes, as numbers.
        expected: How many values there must be; nothing larger is ever allocated.

    Raises:
        ValueError: It is no such sequence, ends early, or holds another number of values.
    """
    try:
        stream = _Bits(bytes(content))
    except (TypeError, ValueError, OverflowError):
        raise ValueError("expected a list of bytes, whole numbers from 0 to 255") from None
    number = stream.take(32)
    if number != expected:
        raise ValueError(f"expected {expected:,} values, it holds {number:,}")
    value_bits = stream.take(5) + 1
    sizes = [stream.take(4) + 1 for _ in range(4)]
    # 4 values a pixel: as 64-bit integers those of the largest image would take 3 GB.
    values_N: NDArray[np.integer[Any]] = np.zeros(number, np.uint8 if value_bits <= 8 else np.int64)
    done = 0
    while done < number:
        repeated = stream.take(1)
        length = stream.take(sizes[stream.take(2)]) + 1
        if length > number - done:
            raise ValueError("a run reaches past the last value")
        values_N[done : done + length] = stream.take(value_bits) if repeated else stream.take_many(value_bits, length)
        done += length
    return values_N


def pack(values_N: NDArray[np.integer[Any]]) -> list[int]:
    """Return the bytes of values from 0 to 255; :func:`unpack` gives them back."""
    values_N = np.asarray(values_N)
    fields = [format(len(values_N), "032b"), format(_VALUE_BITS - 1, "05b")]
    fields += [format(size - 1, "04b") for size in _SIZES]
    starts = [0, *(np.flatnonzero(values_N[1:] != values_N[:-1]) + 1).tolist()] if len(values_N) else []
    for start, end in zip(starts, [*starts[1:], len(values_N)], strict=True):
        left = int(end - start)
        while left:
            length = min(left, 1 << _SIZES[-1])
            index = next(i for i, size in enumerate(_SIZES) if length <= 1 << size)
            fields.append(f"1{index:02b}{length - 1:0{_SIZES[index]}b}{int(values_N[start]):08b}")
            left -= length
    text = "".join(fields)
    text += "0" * (-len(text) % 8)
    return list(int(text, 2).to_bytes(len(text) // 8, "big"))


def mask_of_brush(content: Sequence[Any], height: int, width: int) -> NDArray[np.bool_]:
    """Return the pixels of a brush, of shape (H, W).

    Raises:
        ValueError: See :func:`unpack`.
    """
    values_N = unpack(content, height * width * _CHANNELS)
    mask_HW: NDArray[np.bool_] = values_N.reshape(height, width, _CHANNELS)[..., 3] > 0
    return mask_HW


def brush_of_mask(mask_HW: NDArray[np.bool_]) -> list[int]:
    """Return the bytes of a brush that marks these pixels."""
    return pack(np.repeat(np.where(mask_HW, 255, 0).ravel(), _CHANNELS))
