"""Photos of people: reads what somebody sends, and makes a small square without what it tells."""

import struct
from io import BytesIO

from PIL import Image, ImageCms, ImageOps

LARGEST = 8 * 1024 * 1024
SIDE = 480
SMALLEST_SIDE = 120
MOST_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
PAPER = (250, 246, 240)
UPPER_THIRD = (0.5, 0.35)
"""Faces are rather above the middle of a tall photo."""

BROKEN = (OSError, SyntaxError, ValueError, IndexError, EOFError, struct.error)
"""What the library raises for bytes that are no picture, or end too soon."""

# Sizes are looked at below; the library's own limit would only warn.
Image.MAX_IMAGE_PIXELS = None


class NotAPhoto(Exception):
    """No picture of the kinds that are taken, or a broken one."""


class TooManyPixels(Exception):
    """Larger than a camera makes them: unpacked it would not fit into memory."""


class TooFewPixels(Exception):
    """Too small to be looked at."""


def made_small(sent: bytes) -> bytes:
    """The photo as a square WebP, upright, and without place, time and camera.

    Raises NotAPhoto, TooManyPixels or TooFewPixels.
    """
    try:
        with Image.open(BytesIO(sent), formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise TooManyPixels
            if min(image.size) < SMALLEST_SIDE:
                raise TooFewPixels
            return _square(image)
    except BROKEN as error:
        raise NotAPhoto from error


def _square(image: Image.Image) -> bytes:
    # A JPEG is unpacked at a fraction of its size right away.
    image.draft("RGB", (2 * SIDE, 2 * SIDE))
    image.load()
    if image.width > 2 * SIDE and image.height > 2 * SIDE and image.mode in {"RGB", "RGBA", "L"}:
        image.thumbnail((4 * SIDE, 4 * SIDE))
    upright = ImageOps.exif_transpose(image)
    # Large photos become smaller; small ones are not blown up.
    side = min(SIDE, *upright.size)
    square = ImageOps.fit(_plain(upright), (side, side), centering=UPPER_THIRD)
    square = _as_screens_show(square, image.info.get("icc_profile"))
    out = BytesIO()
    square.save(out, "WEBP", quality=82, method=4)
    return out.getvalue()


def _plain(image: Image.Image) -> Image.Image:
    """Colours alone: what lets the background through lies on paper, and nothing else is kept."""
    if image.has_transparency_data:
        colours = image.convert("RGBA")
        paper = Image.new("RGB", colours.size, PAPER)
        paper.paste(colours, mask=colours.getchannel("A"))
        return paper
    plain = Image.new("RGB", image.size)
    plain.paste(image.convert("RGB"))
    return plain


def _as_screens_show(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The same colours without the profile that phones add; one that can't be read is ignored."""
    if not profile:
        return image
    try:
        found = ImageCms.ImageCmsProfile(BytesIO(profile))
        if found.profile.xcolor_space.strip() != "RGB":
            return image
        shown = ImageCms.profileToProfile(image, found, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, *BROKEN):
        return image
    # The profile would be written into the file again.
    return _plain(shown or image)
