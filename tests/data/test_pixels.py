import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from budgetseg.data.pixels import check_labels, read_header, read_image, read_mask
from budgetseg.data.problem import BrokenFileError
from budgetseg.errors import DataError


def test_a_palette_mask_is_read_as_indices_whatever_its_colours(tmp_path: Path) -> None:
    mask_HW = np.array([[0, 1, 2], [20, 255, 3]], np.uint8)
    picture = Image.fromarray(mask_HW, "L")
    picture.putpalette([(5 * i) % 256 for i in range(768)])
    assert picture.mode == "P"
    picture.save(tmp_path / "p.png")
    Image.fromarray(mask_HW, "L").save(tmp_path / "l.png")
    for name in ("p.png", "l.png"):
        got_HW = read_mask(tmp_path / name)
        assert got_HW.dtype == np.uint8
        np.testing.assert_array_equal(got_HW, mask_HW)
        got_HW[0, 0] = 9  # fresh and writable


def grey_png(rows: list[list[int]], bits: int) -> bytes:
    """A grayscale PNG of few bits, written by hand: Pillow writes none."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    packed = b""
    for row in rows:
        digits = "".join(f"{value:0{bits}b}" for value in row)
        digits += "0" * (-len(digits) % 8)
        packed += b"\0" + int(digits, 2).to_bytes(len(digits) // 8, "big")
    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), bits, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(packed)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_grey_masks_of_few_bits_are_refused_because_the_decoder_stretches_them(tmp_path: Path, bits: int) -> None:
    file = tmp_path / "few.png"
    file.write_bytes(grey_png([[0, 1], [1, 0]], bits))
    assert np.asarray(Image.open(file)).max() != 1 or bits == 1  # what would have been read as class 85 or 17
    with pytest.raises(BrokenFileError, match=rf"few\.png: expected 8 bits a pixel, got {bits} .*; save .* 8-bit"):
        read_mask(file)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA"])
def test_a_mask_in_colour_is_refused_with_the_fix(tmp_path: Path, mode: str) -> None:
    Image.new(mode, (4, 3)).save(tmp_path / "colour.png")
    with pytest.raises(
        DataError, match=r"colour\.png: expected one class index a pixel, got colours or alpha .*; save the"
    ):
        read_mask(tmp_path / "colour.png")


def test_a_16_bit_mask_is_refused(tmp_path: Path) -> None:
    Image.fromarray(np.full((3, 4), 300, np.uint16)).save(tmp_path / "deep.png")
    with pytest.raises(DataError, match=r"deep\.png: expected 8 bits a pixel, got 16"):
        read_mask(tmp_path / "deep.png")


def test_a_jpeg_that_is_called_png_is_no_mask(tmp_path: Path) -> None:
    Image.new("L", (8, 8)).save(tmp_path / "liar.png", format="JPEG")
    with pytest.raises(DataError, match=r"liar\.png: expected a PNG mask, this is JPEG"):
        read_mask(tmp_path / "liar.png")


@pytest.mark.parametrize("name", ["photo.jpg", "photo.png"])
def test_a_truncated_picture_is_named(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    pixels = np.random.default_rng(0).integers(0, 256, (60, 80, 3)).astype(np.uint8)
    Image.fromarray(pixels).save(file)
    assert read_image(file).shape == (60, 80, 3)
    file.write_bytes(file.read_bytes()[: file.stat().st_size * 2 // 3])
    assert read_header(file).size == (60, 80)
    with pytest.raises(BrokenFileError, match=rf"{name}: broken image \(.*\); replace the file") as caught:
        read_image(file)
    assert caught.value.problem.file == str(file)


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n\0\0"])
def test_garbage_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "junk.png"
    file.write_bytes(content)
    for read in (read_image, read_mask, read_header):
        with pytest.raises(BrokenFileError, match=r"junk\.png: broken .*; replace the file"):
            read(file)


def test_grey_transparent_and_cmyk_photographs_become_rgb(tmp_path: Path) -> None:
    Image.new("L", (4, 3), 80).save(tmp_path / "l.png")
    Image.new("CMYK", (4, 3)).save(tmp_path / "c.jpg")
    Image.new("RGBA", (4, 3), (10, 20, 30, 0)).save(tmp_path / "a.png")
    clear = Image.new("P", (4, 3), 1)
    clear.putpalette([0, 0, 0, 10, 20, 30])
    clear.save(tmp_path / "p.png", transparency=bytes([0, 128]))
    assert (read_image(tmp_path / "l.png") == 80).all()
    assert (read_image(tmp_path / "c.jpg") >= 254).all()
    for name in ("a.png", "p.png"):
        image_HW3 = read_image(tmp_path / name)
        assert image_HW3.dtype == np.uint8
        assert (image_HW3 == [10, 20, 30]).all()


def test_a_16_bit_photograph_is_refused(tmp_path: Path) -> None:
    Image.fromarray(np.full((3, 4), 3000, np.uint16)).save(tmp_path / "deep.png")
    with pytest.raises(DataError, match=r"deep\.png: expected 8 bits a channel"):
        read_image(tmp_path / "deep.png")


def test_the_exif_orientation_is_told_and_not_applied(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 20), "red").save(tmp_path / "turned.jpg", exif=exif)
    header = read_header(tmp_path / "turned.jpg")
    assert (header.size, header.orientation) == ((20, 40), 6)
    assert read_image(tmp_path / "turned.jpg").shape == (20, 40, 3)


def test_labels_outside_the_class_list_are_counted() -> None:
    mask_HW = np.array([[0, 1, 255], [3, 3, 9]], np.uint8)
    check_labels(mask_HW, 10, Path("m.png"), "classes.txt")
    with pytest.raises(DataError, match=r"m\.png: label 3 on 2 pixels \(and 1 more such labels\): outside .*0 to 2"):
        check_labels(mask_HW, 3, Path("m.png"), "classes.txt")
    with pytest.raises(DataError, match=r"label 9 on 1 pixels: outside"):
        check_labels(mask_HW, 9, Path("m.png"), "classes.txt")
