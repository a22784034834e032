"""Figures and widgets in the page: inline SVG in the page's colours, and the words that each of them has for itself."""

import re
from hashlib import sha256
from html import escape

from docutils import nodes

from companion.book.svg import slim

SVG = "image/svg+xml"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


class FigureRenderer:
    """A renderer for myst-nb (its entry point ``myst_nb.mime_renderers``); leaves every other output to myst-nb."""

    mime_priority_overrides = []

    @staticmethod
    def handle_mime(renderer, data, inline):
        """Nodes for an output with ``alt`` in its metadata (a figure of ``companion.views.plots``, a widget), else None."""
        alt = data.output_metadata.get(data.mime_type, {}).get("alt")
        if alt is None or data.mime_type not in (SVG, "image/png", WIDGET_VIEW):
            return None
        if data.mime_type == WIDGET_VIEW:
            return [*renderer.render_widget_view(data), nodes.raw(text=without_scripts(alt), format="html")]
        if data.mime_type == SVG:
            return [nodes.raw(text=inline_svg(data.string, alt), format="html")]
        image = renderer.render_image(data)
        image[0]["alt"] = alt
        return image


def inline_svg(svg, alt):
    """``svg`` for the body of a page: one image to a screen reader, its ids unlike those of other figures.

    >>> inline_svg('<svg width="9pt"><path id="a"/><use href="#a"/></svg>', 'Two "lines"')[:91]
    '<div class="course-figure"><svg role="img" aria-label="Two &quot;lines&quot;" width="9pt"><'

    Its bytes are fewer (see ``svg``); words keep all of theirs.
    """
    prefix = "f" + sha256(svg.encode()).hexdigest()[:8] + "-"
    svg = slim(svg[svg.index("<svg") :])
    svg = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{prefix}", svg)
    svg = svg.replace("<svg ", f'<svg role="img" aria-label="{escape(alt)}" ', 1)
    return f'<div class="course-figure">{svg.strip()}</div>'


def without_scripts(text):
    """What stands in a widget's place where no script runs."""
    return f"<noscript><p>{escape(text)}</p></noscript>"
