"""Makes docs/gallery.md and its pictures from a folder of report pages, in headless Chromium.

    xtb report all --calibrate --out report && python docs/make_gallery.py report

A pixel of the page is one of the picture, so that all of them stay at a few hundred kilobytes. Needs Chromium
and playwright.
"""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).parent / "gallery"
WIDTH = 860


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One picture: what of which page, and how the page is looked at."""

    name: str
    title: str
    page: str
    part: str = ""
    """Selector of an element; empty for what a window shows."""
    width: int = WIDTH
    height: int = 900
    dark: bool = False
    paper: bool = False


ENGLISH, DIFFICULTY = "english_intermediate", "intermediate_difficulty"
SHOTS = (
    Shot(name="answer", title="A page begins with the answer", page=ENGLISH),
    Shot(name="severity", title="Robustness curves", page=ENGLISH, part="#severity"),
    Shot(name="forest", title="Forest plot of contrasts", page=ENGLISH, part="#forest"),
    Shot(name="drops", title="Language x perturbation heat map", page=ENGLISH, part="#drops"),
    Shot(name="interaction", title="Interaction plot of marginal means", page=ENGLISH, part="#interaction"),
    Shot(name="slopes", title="Paired slopes, clean to perturbed", page=ENGLISH, part="#slopes"),
    Shot(name="variance", title="Variance components", page=ENGLISH, part="#variance"),
    Shot(name="residuals", title="Residuals of the primary model", page=ENGLISH, part="#residuals"),
    Shot(name="power", title="Power curve and smallest detectable difference", page=ENGLISH, part="#power"),
    Shot(
        name="calibration", title="Error rates on the study's own design", page=ENGLISH, part="#calibration"
    ),
    Shot(name="coverage", title="Coverage map", page=ENGLISH, part="#coverage"),
    Shot(name="difficulty", title="Difficulty plot", page=DIFFICULTY, part="#difficulty"),
    Shot(name="phone", title="On a phone", page=ENGLISH, width=390, height=844),
    Shot(name="dark", title="In the dark", page=ENGLISH, part="#languages", dark=True),
    Shot(name="print", title="In print", page=ENGLISH, paper=True, height=1000),
)


def main(report: Path) -> None:
    """Take every picture that the report has, say which it lacks, and write the page that shows them."""
    FOLDER.mkdir(exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("no Chromium on the path")
    taken = []
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for shot in SHOTS:
            picture = take(browser, report, shot)
            if picture is None:
                sys.stderr.write(f"{report} has no {shot.name}\n")
                continue
            (FOLDER / f"{shot.name}.png").write_bytes(picture)
            taken.append(shot)
        browser.close()
    (Path(__file__).parent / "gallery.md").write_text(page(taken), encoding="utf-8")


def take(browser: Browser, report: Path, shot: Shot) -> bytes | None:
    """The picture as PNG; None where the page lacks that part."""
    scheme: Any = "dark" if shot.dark else "light"
    context = browser.new_context(viewport={"width": shot.width, "height": shot.height}, color_scheme=scheme)
    page: Page = context.new_page()
    page.goto((report / f"{shot.page}.html").resolve().as_uri())
    page.wait_for_selector("html[data-drawn]", state="attached")
    if shot.paper:
        page.emulate_media(media="print")
    try:
        if not shot.part:
            return page.screenshot()
        found = page.locator(shot.part)
        return found.screenshot() if found.count() else None
    finally:
        context.close()


def page(taken: list[Shot]) -> str:
    """The gallery as Markdown."""
    parts = [
        "# What a report looks like",
        "From studies on the built-in benchmark (`xtb study run english_intermediate_mini` and "
        "`intermediate_difficulty_mini`), whose languages are generated: the numbers show the method, not "
        "the world. Made by `python docs/make_gallery.py REPORT`.",
    ]
    for shot in taken:
        parts += [f"## {shot.title}", f"![{shot.title}](gallery/{shot.name}.png)"]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
