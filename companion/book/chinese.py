"""A Chinese font for readers whose machine has none: Noto Sans SC, cut to the characters of each page.

Where the machine has a Chinese font, that one is used (``local``). Elsewhere the browser fetches a file of a few kilobytes with
what the page needs, cut from the npm package once the pages are written.
"""

import json
import re
from hashlib import sha256
from os.path import relpath
from pathlib import Path

VERSION = "5.3.1"
SHA512 = (  # of the npm package @fontsource-variable/noto-sans-sc
    "501f7a249d7b1f20f97a1114ec49b4843761edfbd3301e01e07ce6ab973841a3"
    "70c122ea4eb74cd92f9ca3249e06a0a45f08740f1a974f46f4c0cae6ce8ac5a5"
)
CHARACTER = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")
WEIGHT = 430  # a little above regular: as dark as the Latin letters beside it
LOCAL = ("PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Micro Hei")
FOLDER = Path("vendor", "noto-sans-sc")  # in the static folder


def cut(vendored, site):
    """Give every page of a built site with Chinese on it a font of its own."""
    from fontTools.ttLib import TTFont

    pages = {page: page.read_text(encoding="utf-8") for page in sorted(site.rglob("*.html"))}
    needed = {page: "".join(sorted(set(CHARACTER.findall(text)))) for page, text in pages.items()}
    whole = "".join(sorted(set("".join(needed.values()))))
    kept = vendored / "noto-sans-sc" / f"{sha256(whole.encode()).hexdigest()[:12]}.ttf"
    if whole and not kept.exists():
        font(vendored / "noto-sans-sc", whole).save(kept)
    for page, characters in needed.items():
        if characters:
            name = page.relative_to(site).with_suffix("").as_posix().replace("/", "-") + ".woff2"
            target = site / "_static" / FOLDER / name
            target.parent.mkdir(parents=True, exist_ok=True)
            small = _only(TTFont(kept), characters)
            small.flavor = "woff2"
            small.save(target)
            address = relpath(target, page.parent).replace("\\", "/")
            page.write_text(pages[page].replace("</head>", _face(address, characters) + "</head>", 1), encoding="utf-8")


def _face(address, characters):
    local = ", ".join(f'local("{name}")' for name in LOCAL)
    codes = ", ".join(f"U+{ord(character):X}" for character in characters)
    source = f'{local}, url({address}) format("woff2")'
    face = f'font-family: "Course Chinese"; font-display: swap; src: {source}; unicode-range: {codes};'
    return f"<style>@font-face {{ {face} }}</style>\n"


def font(package, text):
    """One font with the characters of ``text``, from the slices of the package that hold them."""
    from fontTools.merge import Merger

    slices = {}
    for name, ranges in json.loads((package / "unicode.json").read_text(encoding="utf-8")).items():
        held = "".join(character for character in text if _within(ranges, ord(character)))
        if held:
            slices[package / "files" / f"noto-sans-sc-{name.strip('[]')}-wght-normal.woff2"] = held
    missing = set(text) - set("".join(slices.values()))
    if missing:
        raise ValueError(f"Noto Sans SC {VERSION} has no glyph for {''.join(sorted(missing))!r}")
    parts = []
    for index, (path, held) in enumerate(slices.items()):
        parts.append(package / f"part-{index}.ttf")
        _slice(path, held).save(parts[-1])
    merged = Merger().merge([str(part) for part in parts])
    for part in parts:
        part.unlink()
    return merged


def _within(ranges, code):
    spans = (part.strip()[2:].partition("-") for part in ranges.split(","))
    return any(int(first, 16) <= code <= int(last or first, 16) for first, _, last in spans)


def _slice(path, text):
    """The characters of ``text`` from one file of the package, at one weight."""
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    slice_ = instancer.instantiateVariableFont(_only(TTFont(path), text), {"wght": WEIGHT})
    slice_.flavor = None
    return slice_


def _only(font, text):
    """``font`` with the characters of ``text`` alone."""
    from fontTools import subset

    options = subset.Options(layout_features=[], hinting=False, notdef_outline=True)
    options.drop_tables += ["GSUB", "GPOS", "vhea", "vmtx"]
    cutter = subset.Subsetter(options)
    cutter.populate(text=text)
    cutter.subset(font)
    return font
