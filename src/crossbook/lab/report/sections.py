"""The parts of a run's page, from the top: what it was, its key figures, its charts and its tables."""

from collections.abc import Iterable, Sequence
from typing import Final

from crossbook.lab.report import charts, markup, numbers
from crossbook.lab.report.markup import Cell, Markup, fill
from crossbook.lab.report.measures import AgentUnits, agent_measures, market_measures
from crossbook.lab.report.numbers import NS_PER_SECOND
from crossbook.lab.report.run import Run
from crossbook.lab.report.units import quantity_unit

TABS_MAX: Final = 6
"""Markets that are chosen by tabs; more of them by a list."""
FINDINGS_MAX: Final = 50
"""Findings shown of one data file."""
NAMED: Final = ("file", "sha256", "rows", "findings")


def heading(run: Run) -> Markup:
    """Return the run's name, its status, and a line of what it was."""
    manifest = run.manifest
    agents = sum(group.count for group in manifest.agents) or sum(group.count for group in run.metrics.agents)
    facts = [
        f"seed {manifest.seed}" if manifest.seed is not None else "",
        _counted(len(run.markets()), "market"),
        _counted(agents, "agent"),
        f"started {moment(manifest.started)}" if manifest.started else "",
    ]
    tones = {"complete": "good", "partial": "warn"}
    return fill(
        '<div><div class="title"><h1>$name</h1>$status</div><p class="subtitle">$facts</p></div>',
        name=run.name,
        status=markup.tag(manifest.status, tones.get(manifest.status, "bad")),
        facts=markup.join(fill("<span>$fact</span>", fact=fact) for fact in facts if fact),
    )


def moment(iso: str) -> str:
    """Return an ISO date and time with a space where a person expects one."""
    date, _, clock = iso.partition("T")
    return f"{date} {clock.replace('+00:00', ' UTC')}".strip()


def banners(run: Run) -> Markup:
    """Return what a reader must know before any number: that the run broke off, and what could not be read."""
    parts: list[Markup] = []
    manifest = run.manifest
    if run.partial:
        broken = (
            "This run broke off; its numbers cover a part of the day."
            if manifest.status == "partial"
            else "It is not known how this run ended; its numbers may cover a part of the day."
        )
        covered = charts.span(run)
        until = (
            f" What was recorded reaches to {numbers.time_of_day(covered[1] // NS_PER_SECOND * NS_PER_SECOND)}."
            if covered
            else ""
        )
        parts.append(
            fill(
                '<div class="banner" role="status"><strong>$broken</strong>$reason$until</div>',
                broken=broken,
                reason=f"Reason: {manifest.reason.rstrip('.')}."
                if manifest.reason
                else "No reason was recorded.",
                until=until,
            )
        )
    failed = [claim for claim in manifest.conservation if not claim.holds]
    if failed:
        parts.append(banner("A conservation check does not hold.", [one.claim for one in failed], "bad"))
    if run.problems:
        parts.append(banner("Some of the run could not be read.", run.problems))
    return markup.join(parts)


def banner(title: str, lines: Iterable[str], tone: str = "") -> Markup:
    """Return a notice with its lines."""
    return fill(
        '<div class="banner $tone" role="status"><strong>$title</strong><ul>$lines</ul></div>',
        tone=tone,
        title=title,
        lines=markup.join(fill("<li>$line</li>", line=line) for line in lines),
    )


def key_figures(run: Run) -> Markup:
    """Return the handful of numbers that a reader looks for first."""
    manifest, markets = run.manifest, list(run.metrics.markets.values())
    # Without metrics the tape is counted, and an empty one may be one that was lost.
    trades = sum(market.trades or 0 for market in markets) if markets else len(run.trades) or None
    volume = sum(market.volume or 0 for market in markets) if markets else int(run.trades["quantity"].sum())
    traded = quantity_unit(run.markets(), [volume])
    speed = numbers.ratio(manifest.simulated_seconds, manifest.wall_seconds)
    figures = [
        ("Trades", numbers.count(trades), f"{traded.read(volume)} {traded.name}" if volume else ""),
        ("Simulated time", numbers.duration(manifest.simulated_seconds), _hours(run)),
        (
            "Wall time",
            numbers.duration(manifest.wall_seconds),
            f"{numbers.significant(speed, 3)} times real time" if speed else "",
        ),
        ("Commands", numbers.count(manifest.commands), _rate(manifest.commands, manifest.wall_seconds)),
        ("Events", numbers.count(manifest.events), _rate(manifest.events, manifest.wall_seconds)),
    ]
    if manifest.conservation:
        holding = sum(claim.holds for claim in manifest.conservation)
        figures.append(("Conservation", f"{holding} of {len(manifest.conservation)}", "checks hold"))
    return markup.definitions(
        "figures",
        [
            (term, fill("$value<small>$small</small>", value=value, small=small))
            for term, value, small in figures
        ],
    )


def charts_section(views: Sequence[str]) -> Markup:
    """Return the place of the charts, with the choice of a market where there are several."""
    if not views:
        return markup.section(
            "charts",
            "Charts",
            markup.empty("There is nothing to draw: no quotes and no trades were recorded."),
        )
    choice = Markup()
    if 1 < len(views) <= TABS_MAX:
        choice = fill(
            '<fieldset class="choice"><legend>Market</legend>$tabs</fieldset>',
            tabs=markup.join(
                fill(
                    '<label><input type="radio" name="view" value="$number" $checked><span>$text</span></label>',
                    number=number,
                    checked="" if number else "checked",
                    text=text,
                )
                for number, text in enumerate(views)
            ),
        )
    elif len(views) > TABS_MAX:
        choice = fill(
            '<select name="view" aria-label="Market">$options</select>',
            options=markup.join(
                fill('<option value="$number">$text</option>', number=number, text=text)
                for number, text in enumerate(views)
            ),
        )
    return fill(markup.asset("charts.html"), choice=choice)


def markets(run: Run) -> Markup:
    """Return the summary of each market."""
    known = run.metrics.markets
    listed = [
        (market, market_measures(market, known[market.market]))
        for market in run.markets()
        if market.market in known
    ]
    if not listed:
        return markup.section("markets", "Markets", markup.empty("No market was measured."))
    if len(listed) == 1:
        market, measures = listed[0]
        pairs = [(measure.label, measure.text_with_unit) for measure in measures]
        return markup.section("markets", "Market", markup.definitions("facts", pairs), note=market.market)
    # Prices are in the currency under the market's name; other units stand above the numbers where they are all of one.
    currencies = {market.currency for market, _ in listed}
    units = [
        {measure.unit for measure in column} - currencies
        for column in zip(*(measures for _, measures in listed), strict=True)
    ]
    headers = [
        Cell("Market"),
        *(Cell(headed(one.label, *unit), "number") for one, unit in zip(listed[0][1], units, strict=True)),
    ]
    rows = [
        [
            markup.name(market.market, market.currency),
            *(
                markup.number(measure.text_with_unit if len(unit) > 1 else measure.text)
                for measure, unit in zip(measures, units, strict=True)
            ),
        ]
        for market, measures in listed
    ]
    return markup.section("markets", "Markets", markup.table("Markets", headers, rows))


def headed(label: str, *units: str) -> str:
    """Return the head of a column, with the unit of its numbers where that is one."""
    return f"{label}, {units[0]}" if len(units) == 1 and units[0] else label


def agents(run: Run) -> Markup:
    """Return what the groups of agents did and earned."""
    groups = run.groups()
    if not groups:
        return markup.section(
            "agents", "Agents", markup.empty("This run had no agents, or none were measured.")
        )
    units = AgentUnits.of(run.manifest, groups)
    kinds = {group.group: group.kind for group in run.manifest.agents}
    measured = [(metrics.group, agent_measures(metrics, units)) for metrics in groups]
    headers = [
        Cell("Group"),
        # What money is in stands above the table.
        *(Cell(headed(one.label, *{one.unit} - {units.money.name}), "number") for one in measured[0][1]),
    ]
    rows = [
        [
            markup.name(group, kinds.get(group, "")),
            *(
                markup.share(measure.value) if measure.label == "Positive" else markup.number(measure.text)
                for measure in measures
            ),
        ]
        for group, measures in measured
    ]
    return markup.section(
        "agents",
        "Agents by group",
        markup.table("Agents by group", headers, rows),
        note=f"Total to max: profit and loss{f' in {unit}' if (unit := units.money.name) else ''}, of the group and per agent",
    )


def conservation(run: Run) -> Markup:
    """Return the checks that nothing was made or lost."""
    claims = run.manifest.conservation
    if not claims:
        return markup.section("conservation", "Conservation", markup.empty("No check was recorded."))
    rows = [
        [
            markup.name(claim.claim),
            Cell(markup.tag("holds", "good") if claim.holds else markup.tag("does not hold", "bad")),
            Cell(claim.detail or numbers.ABSENT, "text"),
        ]
        for claim in claims
    ]
    headers = [Cell("Claim"), Cell("Verdict"), Cell("Detail")]
    return markup.section("conservation", "Conservation", markup.table("Conservation", headers, rows))


def facts(run: Run) -> Markup:
    """Return what it takes to make the run again."""
    manifest = run.manifest
    pairs = [
        ("Name", run.name),
        ("Seed", numbers.ABSENT if manifest.seed is None else str(manifest.seed)),
        ("Status", manifest.status),
        ("Started", moment(manifest.started) or numbers.ABSENT),
        (
            "Configuration hash",
            fill('<span class="mono">$hash</span>', hash=manifest.config_hash or numbers.ABSENT),
        ),
        *((f"{part} version", str(version)) for part, version in manifest.versions.items()),
    ]
    venues = sorted({*manifest.state_hash, *manifest.event_hash})
    hashes = (
        markup.table(
            "Hashes",
            [Cell("Venue"), Cell("State hash"), Cell("Event hash")],
            [
                [
                    markup.name(venue or "the venue"),
                    Cell(manifest.state_hash.get(venue, numbers.ABSENT), "hash"),
                    Cell(manifest.event_hash.get(venue, numbers.ABSENT), "hash"),
                ]
                for venue in venues
            ],
        )
        if venues
        else Markup()
    )
    return markup.section("run", "Run", markup.definitions("facts", pairs), hashes)


def lineage(run: Run) -> Markup:
    """Return the data that the run was fed with, and what was found and repaired in it."""
    data = run.manifest.data
    if not data:
        return markup.section("data", "Data", markup.empty("This run read no recorded data."))
    headers = [Cell("File"), Cell("Rows", "number"), Cell("SHA-256"), Cell("Findings and repairs")]
    rows = [
        [
            Cell(
                fill(
                    "$file$more",
                    file=numbers.plain(one.get("file")),
                    more=markup.join(
                        fill("<small>$key: $value</small>", key=key, value=numbers.plain(value))
                        for key, value in one.items()
                        if key not in NAMED
                    ),
                ),
                header=True,
            ),
            markup.number(
                numbers.count(rows) if isinstance(rows := one.get("rows"), int) else numbers.plain(rows)
            ),
            Cell(numbers.plain(one.get("sha256")), "hash"),
            Cell(_findings(one.get("findings")), "text"),
        ]
        for one in data
    ]
    return markup.section("data", "Data", markup.table("Data", headers, rows))


def config(run: Run) -> Markup:
    """Return the configuration as it was resolved, folded away."""
    if run.config is None:
        return markup.section(
            "config", "Configuration", markup.empty("config.yaml is not in the run directory.")
        )
    return fill(
        '<section id="config"><details><summary>Configuration as resolved</summary>'
        '<pre tabindex="0">$text</pre></details></section>',
        text=run.config,
    )


def _findings(findings: object) -> str:
    if isinstance(findings, list):
        if not findings:
            return "none"
        shown = markup.join(
            fill("<div>$finding</div>", finding=numbers.plain(one)) for one in findings[:FINDINGS_MAX]
        )
        more = len(findings) - FINDINGS_MAX
        return (
            fill("$shown<small>$more</small>", shown=shown, more=f"and {more:,} more") if more > 0 else shown
        )
    return numbers.plain(findings)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}" if number else ""


def _hours(run: Run) -> str:
    manifest = run.manifest
    if manifest.open_ns is None or manifest.close_ns is None:
        return ""
    return f"{numbers.time_of_day(manifest.open_ns)} – {numbers.time_of_day(manifest.close_ns)}"  # noqa: RUF001


def _rate(amount: int | None, seconds: float | None) -> str:
    rate = numbers.ratio(amount, seconds)
    return f"{numbers.count(rate)} a second" if rate else ""
