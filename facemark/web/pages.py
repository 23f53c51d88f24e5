"""The gate's few pages of its own: no script, one style, light and dark."""

import html

from facemark import __version__

STYLE = """
:root{color-scheme:light dark;
  --ink:light-dark(#1d2433,#e8ebf2);--soft:light-dark(#566076,#a3adc2);
  --ground:light-dark(#f6f7f9,#12151c);--card:light-dark(#fff,#1a1f29);
  --line:light-dark(#dfe3ea,#2c3341);--accent:light-dark(#5436b5,#b9aaff);
  --on-accent:light-dark(#fff,#17102e)}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;
  background:var(--ground);color:var(--ink);
  font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,Ubuntu,"Noto Sans",sans-serif}
main{width:100%;max-width:27rem;background:var(--card);border:1px solid var(--line);
  border-radius:14px;padding:2rem}
h1{margin:0 0 .5rem;font-size:1.375rem;line-height:1.3;letter-spacing:-.01em}
p{margin:0 0 1rem;color:var(--soft)} p:last-child{margin-bottom:0}
.mark{display:flex;align-items:center;gap:.6rem;margin-bottom:1.5rem;font-weight:650}
a.go{display:inline-block;margin:.25rem 0 1rem;padding:.6rem 1.1rem;border-radius:9px;
  background:var(--accent);color:var(--on-accent);font-weight:600;text-decoration:none}
a.go:focus-visible{outline:3px solid var(--accent);outline-offset:3px}
small{color:var(--soft)}
"""

MARK = (
    '<svg width="26" height="26" viewBox="0 0 26 26" fill="none" stroke="currentColor"'
    ' stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">'
    '<path d="M2 8V5a3 3 0 0 1 3-3h3M18 2h3a3 3 0 0 1 3 3v3M24 18v3a3 3 0 0 1-3 3h-3M8 24H5'
    'a3 3 0 0 1-3-3v-3M8 13.5l3.5 3.5L18 9.5"/></svg>'
)


def render_message(title: str, text: str) -> str:
    return _page(title, f"<h1>{_sentence(title)}</h1><p>{_sentence(text)}</p>")


def render_start(dashboard_url: str) -> str:
    return _page(
        "Start",
        "<h1>The gate is open</h1>"
        "<p>This address is for kiosks and other programs. People work on the dashboard.</p>"
        f'<a class="go" href="{html.escape(dashboard_url)}">Open the dashboard</a>'
        f"<p><small>Version {html.escape(__version__)}</small></p>",
    )


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{html.escape(title.capitalize())} · FaceMark Pro</title>"
        f"<style>{STYLE}</style></head><body><main>"
        f'<div class="mark">{MARK}<span>FaceMark Pro</span></div>{body}</main></body></html>'
    )


def _sentence(text: str) -> str:
    return html.escape(text[:1].upper() + text[1:]) + "."
