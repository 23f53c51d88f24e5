"""Draws QR codes: error level M (15 % may be lost), never weaker, with the full quiet zone."""

import io

import segno

QUIET_ZONE = 4
"""Modules of white around the symbol, as ISO/IEC 18004 asks."""

_PNG_PX_PER_MODULE = 10


def build_symbol(text: str) -> segno.QRCode:
    """A higher level than M where it does not enlarge the symbol."""
    return segno.make_qr(text, error="m", boost_error=True)


def render_qr_png(text: str) -> bytes:
    """1-bit greyscale, 10 pixels a module."""
    out = io.BytesIO()
    build_symbol(text).save(out, kind="png", scale=_PNG_PX_PER_MODULE, border=QUIET_ZONE)
    return out.getvalue()


def render_qr_svg(text: str) -> bytes:
    """A standalone SVG document on white; it scales to whatever box it is shown in."""
    out = io.BytesIO()
    build_symbol(text).save(
        out, kind="svg", border=QUIET_ZONE, light="#fff", omitsize=True, svgclass=None
    )
    return out.getvalue()


def render_qr_text(text: str) -> str:
    """For a terminal, two modules a character high; dark on light whatever its colours are."""
    out = io.StringIO()
    build_symbol(text).terminal(out, border=QUIET_ZONE, compact=True)
    return out.getvalue()
