"""The one Jinja set-up, for the report's page and for the pages inside the Airflow UI.

Articles and models are not trusted: every value is escaped, and characters that hide text or turn it around are spelled
out. A name that a template does not know is an error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ownvoice.reports.excerpt import visible
from ownvoice.reports.formats import FILTERS

if TYPE_CHECKING:
    from jinja2 import BaseLoader, Environment


def environment(loader: BaseLoader) -> Environment:
    """Return an environment for HTML templates, with the filters of `formats`."""
    from jinja2 import Environment, StrictUndefined  # slow to import, and most commands show no page

    made = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= FILTERS
    return made


def _visible(value: Any) -> Any:
    """Spell out hidden characters in texts; `Markup`, a subclass of `str`, is the template's own."""
    return visible(value) if type(value) is str else value
