"""The files of a page that are the same for every folder: its scripts, its style sheet, and KaTeX with its fonts in it.

templates, katex/ -> name, bytes
"""

import base64
import re
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).with_name("templates")
KATEX = Path(__file__).with_name("katex")
# of each font the first of three formats, and the two others
FONT = re.compile(r'src:url\(fonts/([\w-]+\.woff2)\) format\("woff2"\)[^;}]*')


def assets(scripts: Sequence[str]) -> dict[str, bytes]:
    """What every page needs, and these scripts. The fonts stand in the style sheet: a page on the disk may load none."""
    files = {name: (TEMPLATES / name).read_bytes() for name in ("page.css", *scripts)}
    style = FONT.sub(_font, (KATEX / "katex.min.css").read_text(encoding="utf-8"))
    return {
        **files,
        "katex.js": (KATEX / "katex.min.js").read_bytes(),
        "katex.css": style.encode(),
        "katex-license.md": (KATEX / "LICENSE.md").read_bytes(),
    }


def html(template: str, policy: str) -> str:
    """A page's HTML under a Content-Security-Policy."""
    environment = Environment(loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, autoescape=True)
    return environment.get_template(template).render(policy=policy)


def policy(own: str, *more: str) -> str:
    """A Content-Security-Policy that lets only our `own` files act; KaTeX gives the size of a vector's arrow as a style."""
    always = (
        "default-src 'none'", f"script-src {own}", f"style-src {own}", "style-src-attr 'unsafe-inline'", "font-src data:",
        "img-src data:", "base-uri 'none'", "form-action 'none'",
    )  # fmt: skip
    return "; ".join([*always, *more])


def _font(found: re.Match[str]) -> str:
    data = base64.b64encode((KATEX / found[1]).read_bytes()).decode("ascii")
    return f'src:url(data:font/woff2;base64,{data}) format("woff2")'
