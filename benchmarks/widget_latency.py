"""How long from a reader's key to the painted picture, for every control of every Explorer of the built book.

    python benchmarks/widget_latency.py [--presses 12] [--site _build/html] [--only why/products …]

Prints, for each Explorer, each page and in all, the median and the 95th percentile of the time from the key event to the
end of the frame that shows its result, and of the script in it: what the widget computes and writes into the page. Frames
come without waiting for a screen's 60 Hz (a screen adds up to 16.7 ms to any page, whatever it does). The course's limits
at the 95th percentile are 16 ms to the painted frame and 4 ms of script. Other work on the machine doubles the numbers:
on a busy one give the run a priority (`chrt -f 5 python …`, as root).
"""

import argparse
import shutil
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
PAINTED, SCRIPT = 16, 4  # ms at the 95th percentile
SETTLE = 300  # ms from reaching a control to its first key
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
FREE = ["--disable-frame-rate-limit", "--disable-gpu-vsync"]
KEYS = {
    "range": ("ArrowRight", "ArrowLeft"),
    "select-one": ("ArrowDown", "ArrowUp"),
    "radio": ("ArrowRight", "ArrowLeft"),
}
# The message arrives when the frame that the callback opened has been painted.
LISTEN = """() => {
  window.times = [];
  for (const type of ['input', 'change']) document.addEventListener(type, (event) => {
    if (event.type === 'change' && event.target.type === 'range') return;
    if (event.type === 'input' && event.target.type !== 'range') return;
    const name = event.target.closest('.cw-explorer').ariaLabel.replace('Explorer: ', '');
    const [key, start] = [window.pressed, performance.now()];
    const channel = new MessageChannel();
    requestAnimationFrame(() => {
      const drawn = window.drawn - start;
      channel.port1.onmessage = () => window.times.push([name, performance.now() - key, drawn]);
      channel.port2.postMessage(0);
    });
  }, true);
  for (const type of ['input', 'change']) document.addEventListener(type, () => (window.drawn = performance.now()));
  document.addEventListener('keydown', (event) => (window.pressed = event.timeStamp), true);
}"""


def times_of(page, presses):
    """(name of the Explorer, ms to the painted frame, ms of script) for each change of each control on the page."""
    page.evaluate(LISTEN)
    for control in page.locator(".cw-explorer :is(input[type=range], select, input[type=radio]:checked)").all():
        forth, back = KEYS[control.evaluate("(node) => node.type")]
        control.focus()
        page.wait_for_timeout(SETTLE)  # focus scrolls the page, and the theme answers that: not this control's work
        for press in range(presses):
            page.keyboard.press(forth if press % 4 < 2 else back)
            page.wait_for_timeout(25)
    return page.evaluate("window.times")


def told(name, times):
    parts = np.array([row[1:] for row in times]).T
    painted, script = (f"{np.median(part):5.1f} / {np.quantile(part, 0.95):5.1f} ms" for part in parts)
    missed = " MISSED" * any(np.quantile(part, 0.95) > limit for part, limit in zip(parts, (PAINTED, SCRIPT), strict=True))
    return f"{name:52.52} {len(times):4} changes   painted {painted}   script {script}{missed}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--presses", type=int, default=12, help="keys a control")
    parser.add_argument("--site", type=Path, default=ROOT / "_build" / "html", help="the built book")
    parser.add_argument("--only", nargs="*", default=[""], help="parts of the names of pages")
    parser.add_argument("--screen", action="store_true", help="wait for a 60 Hz screen as well")
    arguments = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    every = []
    print("median / 95th percentile")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=FLAGS + (FREE if not arguments.screen else [])
        )
        for path in sorted((arguments.site / "book").rglob("*.html")):
            name = str(path.relative_to(arguments.site))
            if not any(part in name for part in arguments.only):
                continue
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(path.as_uri())
            times = times_of(page, arguments.presses)
            page.close()
            if times:
                every += times
                print(told(name, times))
                for explorer in dict.fromkeys(row[0] for row in times):
                    print(told(f"  {explorer}", [row for row in times if row[0] == explorer]), flush=True)
        browser.close()
    print(told("all", every))


if __name__ == "__main__":
    main()
