"""Photos: made small, square and upright, without what the camera wrote; the rest is refused."""

import struct
import zlib
from io import BytesIO
from typing import Literal

import pytest
from PIL import Image, ImageCms

import config
from spa.treatments import photos
from spa.treatments.photos import NotAPhoto, TooFewPixels, TooManyPixels
from spa.treatments.team_queries import PORTRAITS

RED, BLUE = (200, 30, 30), (30, 30, 200)
ORIENTATION, CAMERA = 0x0112, 0x010F
TURNED_RIGHT = 6


def sent(image: Image.Image, kind: str = "JPEG", **about: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, **about)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def halves(size: tuple[int, int] = (600, 600)) -> Image.Image:
    """Red above, blue below."""
    image = Image.new("RGB", size, BLUE)
    image.paste(RED, (0, 0, size[0], size[1] // 2))
    return image


def is_red(image: Image.Image, at: tuple[int, int]) -> bool:
    pixel = image.convert("RGB").getpixel(at)
    assert isinstance(pixel, tuple)
    return pixel[0] > 120 > pixel[2]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("size", [(1600, 900), (900, 1600), (4000, 3000), (480, 480)])
def test_every_photo_becomes_a_square_of_the_same_size(kind: str, size: tuple[int, int]) -> None:
    made = opened(photos.made_small(sent(Image.new("RGB", size, RED), kind)))

    assert (made.format, made.size) == ("WEBP", (photos.SIDE, photos.SIDE))


def test_a_small_photo_is_not_blown_up() -> None:
    assert opened(photos.made_small(sent(Image.new("RGB", (200, 300))))).size == (200, 200)


@pytest.mark.parametrize("size", [(600, 600), (3000, 4000)])
def test_a_photo_that_the_camera_held_sideways_stands_upright(size: tuple[int, int]) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = TURNED_RIGHT
    lying = halves((size[1], size[0]) if size[0] != size[1] else size).rotate(90, expand=True)

    made = opened(photos.made_small(sent(lying, exif=exif)))

    assert is_red(made, (240, 20)) and not is_red(made, (240, 460))


def test_nothing_of_what_the_camera_wrote_is_kept() -> None:
    exif = Image.Exif()
    exif[CAMERA] = "A camera of Ines"
    exif.get_ifd(0x8825)[1] = "N"

    content = photos.made_small(sent(halves(), exif=exif, comment=b"At home"))

    assert b"camera" not in content and b"home" not in content and b"EXIF" not in content
    assert not dict(opened(content).getexif())


@pytest.mark.parametrize("mode", ["RGBA", "P", "L", "CMYK", "LA", "I;16", "1"])
def test_any_kind_of_colours_is_understood(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"

    assert opened(photos.made_small(sent(Image.new(mode, (300, 300)), kind))).mode == "RGB"


def test_what_lets_the_light_through_lies_on_paper() -> None:
    made = opened(photos.made_small(sent(Image.new("RGBA", (300, 300), (0, 0, 0, 0)), "PNG")))

    pixel = made.convert("RGB").getpixel((100, 100))
    assert isinstance(pixel, tuple) and min(pixel) > 230


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
        b"\xff\xd8\xff\xe0" + b"x" * 500,
        b"RIFF\x24\x00\x00\x00WEBPVP8 " + b"\0" * 30,
    ],
)
def test_what_is_no_photo_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(NotAPhoto):
        photos.made_small(content)


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF"])
def test_other_kinds_of_pictures_are_not_taken(kind: str) -> None:
    with pytest.raises(NotAPhoto):
        photos.made_small(sent(halves(), kind))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_half_a_photo_is_none(kind: str) -> None:
    noise = Image.effect_noise((600, 600), 90).convert("RGB")
    content = sent(noise, kind)

    with pytest.raises(NotAPhoto):
        photos.made_small(content[: len(content) // 2])


def test_a_bomb_is_not_unpacked() -> None:
    """A PNG of a few bytes that says it has 2,500 million pixels."""
    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    content = (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", len(header))
        + chunk
        + struct.pack(">I", zlib.crc32(chunk))
        + b"\0\0\0\x04IDAT"
        + b"\0" * 50
    )

    with pytest.raises(TooManyPixels):
        photos.made_small(content)


def test_a_thumbnail_is_too_small() -> None:
    with pytest.raises(TooFewPixels):
        photos.made_small(sent(Image.new("RGB", (600, 119))))


def profile(kind: Literal["sRGB", "XYZ"]) -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(kind)).tobytes()


@pytest.mark.parametrize("known", [profile("sRGB"), profile("XYZ"), b"\0" * 200])
def test_the_profile_of_a_phone_is_used_up_or_ignored(known: bytes) -> None:
    made = opened(photos.made_small(sent(halves(), icc_profile=known)))

    assert "icc_profile" not in made.info and is_red(made, (240, 100))


def test_every_drawn_portrait_is_there_and_small() -> None:
    drawn = sorted((config.ROOT / "static/img/portraits").iterdir())

    assert [one.name for one in drawn] == [f"{n}.svg" for n in range(1, PORTRAITS + 1)]
    assert all(one.stat().st_size < 3000 and "<script" not in one.read_text() for one in drawn)
