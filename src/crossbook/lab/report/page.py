"""The page of one run, which needs nothing beside it."""

import os
from pathlib import Path
from typing import Final

from crossbook.lab.report import markup, realism, sections
from crossbook.lab.report.charts import run_charts
from crossbook.lab.report.run import Run

NAVIGATION: Final = (
    ("charts", "Charts"),
    ("interventions", "Interventions"),
    ("markets", "Markets"),
    ("agents", "Agents"),
    ("realism", "Realism"),
    ("conservation", "Conservation"),
    ("run", "Run"),
    ("data", "Data"),
    ("config", "Configuration"),
)


def render(run: Run) -> str:
    """Return the page of a run."""
    data = run_charts(run)
    interventions = run.interventions.section()
    body = markup.join(
        [
            sections.heading(run),
            sections.banners(run),
            sections.key_figures(run),
            sections.charts_section(
                [view["name"] for view in data["views"]] or ["all"] * bool(data["shared"])
            ),
            interventions,
            sections.markets(run),
            sections.agents(run),
            realism.section(run.metrics.realism),
            sections.conservation(run),
            sections.facts(run),
            sections.lineage(run),
            sections.config(run),
        ]
    )
    navigation = [(key, title) for key, title in NAVIGATION if key != "interventions" or interventions]
    return markup.page(f"{run.name} · Crossbook", run.folder.resolve().name, navigation, body, data)


def put(text: str, path: Path) -> Path:
    """Write a file under another name, and give it its own once it is whole."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_text(text, encoding="utf-8", newline="\n")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path
