"""`crossbook admin halt`, `resume`, `list`, `band`, `news`: what an administrator does with the market."""

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any

import typer

from crossbook.cli.admin.asking import VENUE_URL, AsJson, DataDirectory, KeyFile, Url, asking, show_done
from crossbook.client import administration
from crossbook.client.calls import Call
from crossbook.client.models import Done
from crossbook.core import UsageError

Ticker = Annotated[str, typer.Argument(metavar="TICKER", help="Such as FUN.")]


def halt(
    ticker: Ticker,
    url: Url = VENUE_URL,
    data_dir: DataDirectory = None,
    api_key_file: KeyFile = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Stop trading in an instrument of a running venue; its orders stay and may be cancelled.

    Example: `crossbook admin halt FUN`
    """
    words = f"{ticker} is halted: its orders stay; crossbook admin resume {ticker} goes on"
    _do(administration.halt(ticker), words, url, data_dir, api_key_file, as_json=as_json)


def resume(
    ticker: Ticker,
    url: Url = VENUE_URL,
    data_dir: DataDirectory = None,
    api_key_file: KeyFile = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Go on with trading in an instrument of a running venue.

    Example: `crossbook admin resume FUN`
    """
    _do(administration.resume(ticker), f"{ticker} trades", url, data_dir, api_key_file, as_json=as_json)


def list_instrument(  # noqa: PLR0913 - each is an option
    ticker: Ticker,
    price: Annotated[str, typer.Option(metavar="NUMBER", help="Where it begins to trade, in currency.")],
    *,
    name: Annotated[str | None, typer.Option(help="What it is called in full.")] = None,
    price_step: Annotated[
        str | None,
        typer.Option(metavar="NUMBER", help="The smallest difference of two prices. [default: 0.01]"),
    ] = None,
    quantity_step: Annotated[
        str | None, typer.Option(metavar="NUMBER", help="The smallest quantity. [default: 1]")
    ] = None,
    maker_fee_ppm: Annotated[
        int | None, typer.Option(help="Of the traded worth, in parts per million; below zero a rebate.")
    ] = None,
    taker_fee_ppm: Annotated[int | None, typer.Option(help="As that of the maker.")] = None,
    protection_ppm: Annotated[
        int | None,
        typer.Option(help="How far from the best price a market order may go. [default: 50000]"),
    ] = None,
    breaker_ppm: Annotated[
        int | None,
        typer.Option(help="How far from the reference price a trade halts it; 0 for never. [default: 0]"),
    ] = None,
    url: Url = VENUE_URL,
    data_dir: DataDirectory = None,
    api_key_file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """List another instrument on a running venue, and open it. It stays listed for good.

    Nobody holds any of it, and the bots of the house trade only what the venue's settings name.

    Example: `crossbook admin list MOON --price 10 --name "Moon Mining"`
    """
    settings: dict[str, Any] = {
        "ticker": ticker,
        "initial_price": _plain("--price", price),
        "name": name,
        "price_step": _plain("--price-step", price_step),
        "quantity_step": _plain("--quantity-step", quantity_step),
        "maker_fee_ppm": maker_fee_ppm,
        "taker_fee_ppm": taker_fee_ppm,
        "protection_ppm": protection_ppm,
        "breaker_ppm": breaker_ppm,
    }
    call = administration.list_instrument(settings)
    _do(call, f"{ticker} is listed and trades", url, data_dir, api_key_file, as_json=as_json)


def band(
    ticker: Ticker,
    low: Annotated[str | None, typer.Option(metavar="NUMBER", help="The lowest price of an order.")] = None,
    high: Annotated[str | None, typer.Option(metavar="NUMBER", help="The highest.")] = None,
    url: Url = VENUE_URL,
    data_dir: DataDirectory = None,
    api_key_file: KeyFile = None,
    *,
    none: Annotated[bool, typer.Option("--none", help="Take the band away.")] = False,
    as_json: AsJson = False,
) -> None:
    """Keep orders of an instrument between two prices; a side that is left out has no bound.

    Example: `crossbook admin band FUN --low 90 --high 110`
    """
    bounds = _decimal("--low", low), _decimal("--high", high)
    if none is (bounds != (None, None)):
        raise UsageError("a band is --low, --high or both, or --none")
    words = f"{ticker} has no band" if none else f"orders of {ticker} must lie {_between(low, high)}"
    call = administration.set_band(ticker, *bounds)
    _do(call, words, url, data_dir, api_key_file, as_json=as_json)


def news(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What is told.")],
    ticker: Annotated[str | None, typer.Option(help="The instrument that it is about.")] = None,
    impact: Annotated[
        float | None,
        typer.Option(help="By which part its worth moves, from -0.5 to 0.5; only informed bots see it."),
    ] = None,
    url: Url = VENUE_URL,
    data_dir: DataDirectory = None,
    api_key_file: KeyFile = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Tell everybody on a running venue news.

    Example: `crossbook admin news "Fun has a new hit" --ticker FUN --impact 0.05`
    """
    if impact is not None and ticker is None:
        raise UsageError("an --impact needs the --ticker whose worth moves")
    _do(
        administration.tell_news(text, ticker, impact),
        "everybody is told",
        url,
        data_dir,
        api_key_file,
        as_json=as_json,
    )


def _between(low: str | None, high: str | None) -> str:
    if low is None or high is None:
        return f"at {low} or above" if low is not None else f"at {high} or below"
    return f"from {low} to {high}"


def _decimal(option: str, text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise UsageError(f"{option}: {text} is no number") from None
    if not number.is_finite():
        raise UsageError(f"{option}: {text} is no number")
    return number


def _plain(option: str, text: str | None) -> str | None:
    """Return a decimal as text, which loses no digit on the way."""
    number = _decimal(option, text)
    return None if number is None else format(number, "f")


def _do(
    call: Call[Done],
    words: str,
    url: str,
    data_dir: Path | None,
    api_key_file: Path | None,
    *,
    as_json: bool,
) -> None:
    with asking(url, data_dir, api_key_file) as client:
        done = client.do(call)
    show_done(done, words, as_json=as_json)
