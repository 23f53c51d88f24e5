"""Which font can show which character.

Two font packages (Noto, SIL Open Font License) carry the scripts of the world as plain files; they
are found through their metadata and never imported. A folder of the institution's own fonts comes
before them, and reportlab's Latin font after them, so that cards print even without the packages.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path

import uharfbuzz as hb

CARRIERS = ("manimgx-fonts", "manimgx-fonts-cjk")
_FIRST = "NotoSans["
_LEFT_OUT = ("-Italic", "Emoji", "Symbols")
_SUFFIXES = {".ttf", ".otf", ".ttc"}
_REGULAR, _BOLD = 400.0, 700.0
_INVISIBLE = frozenset("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")


@dataclass(frozen=True, slots=True, eq=False)
class LoadedFont:
    """A font at one weight; glyph coordinates are in units of which `units` make one em."""

    font: hb.Font
    units: int

    def shows(self, text: str) -> bool:
        return all(c in _INVISIBLE or self.font.get_nominal_glyph(ord(c)) for c in text)


class FontShelf:
    """Fonts in the order they are asked. Opens a file when first needed; one thread at a time."""

    def __init__(self, own_folder: Path | None = None, carriers: Sequence[str] = CARRIERS) -> None:
        self._paths = [*_own_fonts(own_folder), *_carried_fonts(carriers), *_fallback_fonts()]
        self._loaded: dict[tuple[Path, float], LoadedFont] = {}

    def find(self, cluster: str, *, bold: bool, prefer: LoadedFont | None) -> LoadedFont | None:
        """A font with every character of the cluster, `prefer` if it will do; None if there is
        no such font.
        """
        if prefer is not None and prefer.shows(cluster):
            return prefer
        weight = _BOLD if bold else _REGULAR
        fonts = (self._load(path, weight) for path in self._paths)
        return next((font for font in fonts if font.shows(cluster)), None)

    def default(self, *, bold: bool) -> LoadedFont:
        return self._load(self._paths[0], _BOLD if bold else _REGULAR)

    def _load(self, path: Path, weight: float) -> LoadedFont:
        key = (path, weight)
        if key not in self._loaded:
            face = hb.Face(hb.Blob.from_file_path(str(path)))
            font = hb.Font(face)
            if face.has_var_data:
                font.set_variations({"wght": weight})
            self._loaded[key] = LoadedFont(font, face.upem)
        return self._loaded[key]


def split_clusters(text: str) -> list[str]:
    """Characters with the marks and joiners that belong to them, so that no cut parts them."""
    clusters: list[str] = []
    for char in text:
        joins = unicodedata.category(char) in {"Mn", "Mc", "Me"} or char in _INVISIBLE
        if clusters and (joins or clusters[-1].endswith("\u200d")):
            clusters[-1] += char
        else:
            clusters.append(char)
    return clusters


def _own_fonts(folder: Path | None) -> list[Path]:
    if folder is None or not folder.is_dir():
        return []
    return sorted(p for p in folder.iterdir() if p.suffix.lower() in _SUFFIXES)


def _carried_fonts(carriers: Sequence[str]) -> Iterator[Path]:
    found = [path for name in carriers for path in _list_files(name)]
    kept = [p for p in found if not any(word in p.name for word in _LEFT_OUT)]
    yield from sorted(kept, key=lambda p: (not p.name.startswith(_FIRST), "CJK" in p.name, p.name))


def _list_files(package: str) -> list[Path]:
    try:
        files = metadata.files(package) or []
    except metadata.PackageNotFoundError:
        return []
    paths = (Path(str(f.locate())) for f in files if f.suffix.lower() in _SUFFIXES)
    return [p for p in paths if p.is_file()]


def _fallback_fonts() -> list[Path]:
    spec = util.find_spec("reportlab")
    if spec is None or spec.origin is None:
        return []
    return [Path(spec.origin).parent / "fonts" / "Vera.ttf"]
