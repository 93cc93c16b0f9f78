"""The report: a page that a person looks at, as a deck of its task and as a file."""

import html
import statistics
from pathlib import Path

from records import Evaluation, HtmlFile, Score

from drawloom import Deck, FlyteFile, current_context, task

WIDTH, HEIGHT, BASE = 60, 160, 0.9


def bars(scores: list[Score]) -> str:
    """The accuracy of each smoothing, as SVG; the axis begins at 90 %."""
    drawn = []
    for at, score in enumerate(scores):
        mean = statistics.fmean(score.accuracies)
        tall = max(2.0, (mean - BASE) / (1 - BASE) * HEIGHT)
        x = at * WIDTH
        drawn.append(
            f'<rect x="{x + 5}" y="{HEIGHT - tall + 20:.1f}" width="{WIDTH - 10}" height="{tall:.1f}" fill="#00796b"/>'
            f'<text x="{x + WIDTH / 2}" y="{HEIGHT - tall + 14:.1f}" text-anchor="middle">{mean:.1%}</text>'
            f'<text x="{x + WIDTH / 2}" y="{HEIGHT + 36}" text-anchor="middle">{score.smoothing:g}</text>'
        )
    size = f'width="{len(scores) * WIDTH}" height="{HEIGHT + 44}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">{"".join(drawn)}</svg>'
    )


def table(evaluation: Evaluation) -> str:
    """Who was taken for whom."""
    growers = sorted(evaluation.confusion)
    head = "".join(f"<th>taken for {grower}</th>" for grower in growers)
    rows = "".join(
        f"<tr><th>grower {truth}</th>{''.join(f'<td>{evaluation.confusion[truth][grower]}</td>' for grower in growers)}</tr>"
        for truth in growers
    )
    return f"<table border='1' cellpadding='6'><tr><td></td>{head}</tr>{rows}</table>"


@task(enable_deck=True)
def report(title: str, scores: list[Score], evaluation: Evaluation) -> HtmlFile:
    """One page: which smoothing was right how often, and what the chosen model said of wines it had not seen."""
    page = (
        f"<h1>{html.escape(title)}</h1>"
        f"<p>Right in {evaluation.accuracy:.1%} of the wines that were kept for the end.</p>"
        f"<h2>Accuracy by smoothing</h2>{bars(scores)}<h2>Answers</h2>{table(evaluation)}"
    )
    Deck("report", page)
    path = Path(current_context().working_directory) / "report.html"
    path.write_text(f"<!doctype html><meta charset='utf-8'><title>{html.escape(title)}</title>{page}")
    return FlyteFile(str(path))
