"""The look of every figure: colours by meaning, and ink and paper that follow the reader's light or dark theme.

Colours say one thing throughout the book: blue vanishes, ink (black, white in dark mode) is healthy, vermillion explodes. The
three are told apart under every common form of colour blindness; a line style or a direct label always says it a second time.

>>> COLOURS["vanishing"], THEME["#0072b2"]
('#0072B2', 'var(--course-vanishing, #0072B2)')
"""

from pathlib import Path

from matplotlib.colors import LinearSegmentedColormap

INK, PAPER = "#010203", "#fdfeff"  # sentinels: drawn as colours, written into the SVG as theme variables
FONT = "var(--pst-font-family-base, system-ui, sans-serif)"

COLOURS = {
    "vanishing": "#0072B2",
    "healthy": INK,
    "exploding": "#D55E00",
    "theory": "#787878",
    "sky": "#56B4E9",
    "purple": "#CC79A7",
    "orange": "#E69F00",
}
THEME = {  # what stands in the SVG; the page's style makes the meanings lighter in dark mode
    INK: "var(--pst-color-text-base, #222)",
    PAPER: "var(--pst-color-background, #fff)",
    **{COLOURS[role].lower(): f"var(--course-{role}, {COLOURS[role]})" for role in ("vanishing", "exploding", "theory")},
}
LINES = dict.fromkeys(COLOURS, "-") | {"theory": (0, (4, 2)), "purple": "-.", "orange": (0, (1, 1.2))}
SEQUENTIAL, DIVERGING = "cividis", "RdBu_r"  # layers or heights in order; log-ratios, centred on 0
FROM_PAPER = LinearSegmentedColormap.from_list("from_paper", ["#3b8dc400", "#3b8dc4ff"])
"""From nothing, the page's own paper in either mode, to full strength: how much there is of something, as in the widgets."""

SHEET = Path(__file__).with_name("course.mplstyle")
