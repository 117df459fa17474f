"""The facts of realism on the terminal."""

from rich.console import Console

from crossbook.realism import GROUPS, Report


def show_facts(report: Report, console: Console) -> None:
    """Print the table of a report, and how many facts of each group pass."""
    console.print(report.table())
    for group, name in GROUPS.items():
        total = sum(fact.group == group for fact in report.facts)
        console.print(
            f"{report.passed(group)} of {total} {name} pass, {report.measured(group)} could be measured"
        )
