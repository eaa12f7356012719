#!/usr/bin/env python3
"""Makes tests/golden/image: small pictures of every kind, and what Pillow makes of them.

    apt-get install -y python3-pil && /usr/bin/python3 scripts/make_image_goldens.py

Writes decode.csv, resize.csv and prepare.csv beside the pictures; NAME.png under expected/,
resized/ and prepared/ holds the pixels. Running it again makes the same files with the same Pillow (made with 9.4)."""

import csv
import io
import math
import pathlib
import struct
import zlib

from PIL import Image, ImageOps

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "tests" / "golden" / "image"
FILTERS = {"nearest": Image.NEAREST, "bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC}


def picture(width, height, seed):
    """Gradients, a disc, fine stripes and some noise: every difference of a filter or an orientation shows."""
    image = Image.new("RGB", (width, height))
    state = seed
    for y in range(height):
        for x in range(width):
            state = (state * 1103515245 + 12345) % 2**31
            rgb = [255 * x // (width - 1), 255 * y // (height - 1), 128 + int(100 * math.sin((x + 2 * y) / 5))]
            if (x - width * 0.3) ** 2 + (y - height * 0.4) ** 2 < (height * 0.25) ** 2:
                rgb = [250, 30, 20]
            if y > height * 0.75 and x % 2:
                rgb = [0, 0, 0]
            if x > width * 0.8 and y < height * 0.4:
                rgb = [state >> 8 & 255, state >> 15 & 255, state >> 22 & 255]
            image.putpixel((x, y), tuple(rgb))
    return image


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def write_png(path, width, height, depth, colour, rows, extra=b"", interlace=0):
    """The kinds of PNG that Pillow does not write. `rows`: bytes with their filter bytes."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra
                     + chunk(b"IDAT", zlib.compress(b"".join(rows), 9)) + chunk(b"IEND", b""))


def plain_rows(samples, depth):
    """Rows of samples, packed to `depth` bits, none of them filtered."""
    rows = []
    for row in samples:
        if depth == 16:
            packed = struct.pack(f">{len(row)}H", *row)
        else:
            bits = "".join(format(sample, f"0{depth}b") for sample in row)
            bits += "0" * (-len(bits) % 8)
            packed = int(bits, 2).to_bytes(len(bits) // 8, "big")
        rows.append(b"\0" + packed)
    return rows


def interlaced_rows(image):
    rows = []
    for x0, y0, dx, dy in [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]:
        columns = range(x0, image.width, dx)
        for y in range(y0, image.height, dy) if len(columns) else []:
            rows.append(b"\0" + b"".join(bytes(image.getpixel((x, y))) for x in columns))
    return rows


def over_white(image):
    image = image.convert("RGBA")
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return white


def make_pngs(base):
    """Yields (name, expected picture)."""
    grey = base.convert("L")
    alpha = Image.radial_gradient("L").resize(base.size)
    rgba = base.copy()
    rgba.putalpha(alpha)
    la = Image.merge("LA", (grey, alpha))
    palette = base.quantize(40)
    variants = {"rgb": base, "grey": grey, "rgba": rgba, "grey_alpha": la, "palette": palette, "bilevel": base.convert("1")}
    for name, image in variants.items():
        image.save(FOLDER / f"{name}.png")
        yield f"{name}.png", over_white(image)

    palette.save(FOLDER / "palette_transparent.png", transparency=bytes(range(0, 240, 6)))
    yield "palette_transparent.png", over_white(Image.open(FOLDER / "palette_transparent.png"))

    width, height = base.size
    deep = [[(x * 977 + y * 1311 + x * y) % 65536 for x in range(width)] for y in range(height)]
    write_png(FOLDER / "grey16.png", width, height, 16, 0, plain_rows(deep, 16))
    high = Image.new("L", base.size)
    high.putdata([sample >> 8 for row in deep for sample in row])  # Pillow's own conversion of "I" to RGB only clips
    yield "grey16.png", high.convert("RGB")

    deep_rgb = [[(x * 401 + y * 733 + c * 20011) % 65536 for x in range(width) for c in range(3)] for y in range(height)]
    write_png(FOLDER / "rgb16.png", width, height, 16, 2, plain_rows(deep_rgb, 16))
    yield "rgb16.png", Image.open(FOLDER / "rgb16.png").convert("RGB")

    four = [[(x + y) % 16 for x in range(width)] for y in range(height)]
    write_png(FOLDER / "grey4.png", width, height, 4, 0, plain_rows(four, 4))
    yield "grey4.png", Image.open(FOLDER / "grey4.png").convert("RGB")

    write_png(FOLDER / "interlaced.png", width, height, 8, 2, interlaced_rows(base), interlace=1)
    yield "interlaced.png", base

    flat = base.load()[int(width * 0.3), int(height * 0.4)]
    rows = [b"\0" + b"".join(bytes(base.getpixel((x, y))) for x in range(width)) for y in range(height)]
    write_png(FOLDER / "colour_key.png", width, height, 8, 2, rows, chunk(b"tRNS", struct.pack(">HHH", *flat)))
    yield "colour_key.png", over_white(Image.open(FOLDER / "colour_key.png"))

    exif = Image.Exif()
    exif[0x0112] = 6
    base.save(FOLDER / "exif6.png", exif=exif)
    yield "exif6.png", ImageOps.exif_transpose(Image.open(FOLDER / "exif6.png"))


def make_jpegs(base):
    kinds = {
        "444": dict(subsampling=0), "422": dict(subsampling=1), "420": dict(subsampling=2),
        "progressive": dict(progressive=True), "optimised": dict(optimize=True, quality=60),
    }
    for name, options in kinds.items():
        base.save(FOLDER / f"{name}.jpg", **{"quality": 92, **options})
        yield f"{name}.jpg", Image.open(FOLDER / f"{name}.jpg").convert("RGB")
    for name, mode in {"grey": "L", "cmyk": "CMYK"}.items():
        base.convert(mode).save(FOLDER / f"{name}.jpg", quality=92)
        yield f"{name}.jpg", Image.open(FOLDER / f"{name}.jpg").convert("RGB")
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        name = f"exif{orientation}.jpg"
        base.save(FOLDER / name, quality=90, subsampling=0, exif=exif)
        yield name, ImageOps.exif_transpose(Image.open(FOLDER / name)).convert("RGB")


def write_csv(name, rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    (FOLDER / name).write_text(text.getvalue())


def make_decoded():
    base = picture(31, 22, 7)
    rows = []
    for name, expected in make_pngs(base):
        expected.save(FOLDER / "expected" / f"{name}.png", optimize=True)
        rows.append([name])
    for name, expected in make_jpegs(base):
        expected.save(FOLDER / "expected" / f"{name}.png", optimize=True)
        rows.append([name])
    write_csv("decode.csv", rows)


def make_resized(sources):
    cases = [("a", f, w, h, None) for f in FILTERS for w, h in [(40, 30), (200, 170), (7, 90), (64, 5), (1, 1), (96, 20)]]
    boxes = [(10, 5, 70, 60), (0.5, 0.25, 33.75, 71.5), (90.125, 60.5, 96, 72), (0, 0, 96, 36)]
    cases += [("a", f, 24, 28, box) for f in FILTERS for box in boxes]
    rows = []
    for index, (source, name, width, height, box) in enumerate(cases):
        resized = sources[source].resize((width, height), FILTERS[name], box=box)
        resized.save(FOLDER / "resized" / f"{index}.png", optimize=True)
        left, top, right, bottom = box or (0, 0, *sources[source].size)
        rows.append([index, source, name, width, height, left, top, right - left, bottom - top])
    write_csv("resize.csv", rows)


def prepared(image, size, resize, fit, name):
    """As torchvision's Resize and CenterCrop, TensorFlow's centre crop, or a plain warp."""
    width, height = image.size
    if fit == "resize_then_crop":
        short = min(width, height)
        width, height = int(resize * width / short), int(resize * height / short)
        left, top = int(round((width - size) / 2.0)), int(round((height - size) / 2.0))
        return image.resize((width, height), FILTERS[name]).crop((left, top, left + size, top + size))
    if fit == "crop_then_resize":
        side = int(size / (size + 32) * min(width, height))
        left, top = (width - side + 1) // 2, (height - side + 1) // 2
        return image.crop((left, top, left + side, top + side)).resize((size, size), FILTERS[name])
    return image.resize((size, size), FILTERS[name])


def make_prepared(sources):
    cases = [(s, size, resize, "resize_then_crop", f) for s in sources for size, resize, f in [
        (32, 36, "bicubic"), (33, 37, "bicubic"), (80, 85, "bicubic"), (40, 40, "bilinear"), (30, 45, "nearest")]]
    cases += [(s, 48, 0, fit, f) for s in sources for fit, f in [
        ("crop_then_resize", "bicubic"), ("warp", "bicubic"), ("warp", "nearest"), ("warp", "bilinear")]]
    rows = []
    for index, (source, size, resize, fit, name) in enumerate(cases):
        prepared(sources[source], size, resize, fit, name).save(FOLDER / "prepared" / f"{index}.png", optimize=True)
        rows.append([index, source, size, resize, fit, name])
    write_csv("prepare.csv", rows)


def main():
    for folder in ["expected", "resized", "prepared"]:
        (FOLDER / folder).mkdir(parents=True, exist_ok=True)
    make_decoded()
    sources = {"a": picture(96, 72, 1), "b": picture(53, 90, 2)}
    for name, image in sources.items():
        image.save(FOLDER / f"source_{name}.png", optimize=True)
    make_resized(sources)
    make_prepared(sources)


if __name__ == "__main__":
    main()
