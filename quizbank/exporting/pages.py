"""HTML pages of one file: no script, no font or picture from elsewhere, and A4 when printed.

A page is a Jinja template beside the module that fills it; `base.html` here holds the style and the charts.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

SHARED = Path(__file__).with_name("templates")


def render(template: Path, **values: Any) -> str:
    """The page; every value is escaped, a name that the template asks for and nobody gave is an error."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([template.parent, SHARED]),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template.name).render(**values)
