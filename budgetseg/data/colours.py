"""The colours that PASCAL VOC gives to class indices, for pictures of masks."""

__all__ = ["class_colour", "class_palette"]


def class_colour(index: int) -> tuple[int, int, int]:
    """The colour of a class as VOC numbers them: the bits of the index, dealt in turn to red, green and blue."""
    channels = [0, 0, 0]
    for bit in range(8):
        channels[bit % 3] |= (index >> bit & 1) << (7 - bit // 3)
    return channels[0], channels[1], channels[2]


def class_palette() -> bytes:
    """The colours of all 256 indices, as an image file's palette."""
    return bytes(channel for index in range(256) for channel in class_colour(index))
