//! What each kind of message means: checks, times, rows.
//!
//! A line is checked in full before anything of it counts, so that a line that is left out leaves no trace but its
//! finding. Three bounds keep one absurd number from spoiling all that follows in repair: the two clocks may be a day
//! apart, numbers of updates and trades may jump by [`ID_JUMP_MAX`], and a price far from the last is believed only
//! when the next one agrees with it.

use crate::finding::{FindingKind, Refusal};
use crate::message::{Kind, Level, Message};
use crate::reader::Reader;
use crate::row::{Row, flag, kind, side};

const NANOSECONDS_PER_MILLISECOND: i64 = 1_000_000;
/// The two clocks may be so far apart.
const DAY_NS: u64 = 86_400_000_000_000;
/// Updates and trades that may be missing at once.
const ID_JUMP_MAX: u64 = 1 << 32;
/// A price this many times the last one, or this part of it, is not believed at once.
const OUTLIER_FACTOR: i64 = 10;

/// Whose clock an exchange's time belongs to: only within one stream does it never go back.
#[derive(Clone, Copy)]
enum Stream {
    Depth,
    Trade,
    Quote,
}

/// The two times of a row.
#[derive(Clone, Copy)]
struct Times {
    local_ns: i64,
    exchange_ns: i64,
}

impl Reader {
    /// Turns one message into rows.
    pub(crate) fn apply(&mut self, line: u32, local_ns: i64, message: &Message<'_>) -> Result<(), Refusal> {
        if message.kind == Kind::Unknown {
            self.summary.unknown_streams += 1;
            return Ok(());
        }
        if !self.is_wanted(line, message)? {
            return Ok(());
        }
        if let Some(fault) = self.scratch.fault.take() {
            if message.kind == Kind::Depth {
                self.book.lose();
            }
            return self.note(line, FindingKind::Number, "left out", || fault);
        }
        match message.kind {
            Kind::Depth => self.depth(line, local_ns, message),
            Kind::Trade => self.trade(line, local_ns, message),
            Kind::Quote => self.quote(line, local_ns, message),
            Kind::Snapshot => self.snapshot(line, local_ns, message),
            Kind::Unknown => Ok(()),
        }
    }

    /// Whether the message is of the instrument that is read. A snapshot names none.
    fn is_wanted(&mut self, line: u32, message: &Message<'_>) -> Result<bool, Refusal> {
        let Some(symbol) = message.symbol else { return Ok(true) };
        if self.summary.symbol == symbol {
            return Ok(true);
        }
        match &self.wanted {
            Some(wanted) if wanted != symbol => {
                self.summary.other_symbols += 1;
                Ok(false)
            }
            _ if self.summary.symbol.is_empty() => {
                symbol.clone_into(&mut self.summary.symbol);
                Ok(true)
            }
            _ => {
                let first = self.summary.symbol.clone();
                self.note(line, FindingKind::OtherSymbol, "left out", || {
                    format!("the symbol is {symbol:?}, and was {first:?}: name the one that is wanted")
                })?;
                Ok(false)
            }
        }
    }

    fn depth(&mut self, line: u32, local_ns: i64, message: &Message<'_>) -> Result<(), Refusal> {
        let (Some(first), Some(last), Some(event_ms), true) =
            (message.first_id, message.last_id, message.event_ms, message.has_levels())
        else {
            return self.malformed(line, || "an update of the book has E, U, u, b and a".to_owned());
        };
        if first > last || last - first > ID_JUMP_MAX {
            return self.malformed(line, || format!("an update from {first} to {last}"));
        }
        let previous = message.previous_id.unwrap_or(first.saturating_sub(1));
        let Some(gap) = self.continues(line, previous, last)? else { return Ok(()) };
        let Some(times) = self.times(line, local_ns, Some(event_ms), Stream::Depth)? else {
            self.book.lose();
            return Ok(());
        };
        if gap {
            self.book.lose();
        }
        self.summary.updates += 1;
        self.book.update(previous, last, &self.scratch.bids, &self.scratch.asks);
        let flags = if self.book.whole { 0 } else { flag::STALE };
        let Self { rows, scratch, .. } = self;
        for (levels, side) in [(&scratch.bids, side::BUY), (&scratch.asks, side::SELL)] {
            rows.extend(levels.iter().map(|&level| depth_row(line, times, level, side, flags)));
        }
        self.settle(line, times, flags)
    }

    /// Whether updates are missing before this one; `None` where it is to be left out.
    fn continues(&mut self, line: u32, previous: u64, last: u64) -> Result<Option<bool>, Refusal> {
        let Some(known) = self.book.last_id else { return Ok(Some(false)) };
        if last <= known {
            if self.book.after_snapshot {
                self.summary.old_updates += 1;
            } else {
                self.note(line, FindingKind::Repeated, "left out", || {
                    format!("the update to {last} is not newer than the last, to {known}")
                })?;
            }
            return Ok(None);
        }
        if previous == known || (self.book.after_snapshot && previous < known) {
            return Ok(Some(false));
        }
        let reason = || format!("the update follows {previous}, and the last one ends at {known}");
        if previous < known {
            self.note(line, FindingKind::SequenceGap, "taken in: its quantities are totals", reason)?;
            return Ok(Some(false));
        }
        if previous - known > ID_JUMP_MAX {
            self.book.lose();
            self.note(line, FindingKind::SequenceGap, "left out: the jump is beyond belief", reason)?;
            return Ok(None);
        }
        self.note(line, FindingKind::SequenceGap, "the book is stale until the next snapshot", reason)?;
        Ok(Some(true))
    }

    fn snapshot(&mut self, line: u32, local_ns: i64, message: &Message<'_>) -> Result<(), Refusal> {
        let (Some(id), true) = (message.last_id, message.has_levels()) else {
            return self.malformed(line, || "a snapshot has lastUpdateId, bids and asks".to_owned());
        };
        let joined = match self.book.join(id, &self.scratch.bids, &self.scratch.asks) {
            Some(joined) if self.book.last_id.is_none_or(|known| id.saturating_sub(known) <= ID_JUMP_MAX) => {
                joined
            }
            _ => {
                let known = self.book.last_id.unwrap_or(0);
                return self.note(line, FindingKind::OldSnapshot, "left out", || {
                    format!("the snapshot of {id} cannot be joined to the updates, the last to {known}")
                });
            }
        };
        let Some(times) = self.times(line, local_ns, None, Stream::Quote)? else { return Ok(()) };
        self.summary.snapshots += 1;
        let flags = flag::SNAPSHOT;
        for (old, new, side) in
            [(&self.book.bids, &joined.bids, side::BUY), (&self.book.asks, &joined.asks, side::SELL)]
        {
            let gone = old.iter().filter(|price| !new.contains_key(price));
            let gone = gone.map(|&price| Level { price, quantity: 0 });
            let standing = new.iter().map(|(&price, &quantity)| Level { price, quantity });
            self.rows.extend(gone.chain(standing).map(|level| depth_row(line, times, level, side, flags)));
        }
        self.book.replace(id, &joined);
        self.summary.first_whole_line.get_or_insert(line);
        self.settle(line, times, flags)
    }

    /// Looks at the book after a message: it may not be crossed, nor too large.
    fn settle(&mut self, line: u32, times: Times, flags: u16) -> Result<(), Refusal> {
        if let Some((bid, ask)) = self.book.crossed() {
            self.note(
                line,
                FindingKind::CrossedBook,
                "the older of the levels that cross are removed",
                || format!("the best bid of {bid} ticks is not below the best ask of {ask}"),
            )?;
            let (bids, asks) = self.book.uncross(&self.scratch.bids, &self.scratch.asks);
            let flags = flags | flag::REPAIRED;
            for (prices, side) in [(bids, side::BUY), (asks, side::SELL)] {
                let removed = prices.into_iter().map(|price| Level { price, quantity: 0 });
                self.rows.extend(removed.map(|level| depth_row(line, times, level, side, flags)));
            }
        }
        if self.book.too_large() {
            let reason = "the book has more levels than a market has".to_owned();
            return Err(Refusal { line, kind: FindingKind::TooManyLevels, reason });
        }
        Ok(())
    }

    fn trade(&mut self, line: u32, local_ns: i64, message: &Message<'_>) -> Result<(), Refusal> {
        let (Some(id), Some(price), Some(quantity), Some(trade_ms), Some(buyer_is_maker)) =
            (message.trade_id, message.price, message.quantity, message.trade_ms, message.buyer_is_maker)
        else {
            return self.malformed(line, || "a trade has t, p, q, T and m".to_owned());
        };
        if price == 0 || quantity == 0 {
            return self.note(line, FindingKind::Number, "left out", || "a trade of nothing".to_owned());
        }
        if let Some(known) = self.last_trade_id {
            let reason = || format!("trade {id} follows trade {known}");
            if id <= known {
                return self.note(line, FindingKind::TradeRepeated, "left out", reason);
            }
            if id - known > ID_JUMP_MAX {
                return self.note(line, FindingKind::TradeGap, "left out: the jump is beyond belief", reason);
            }
            if id - known > 1 {
                self.note(line, FindingKind::TradeGap, "taken in; those between are missing", reason)?;
            }
        }
        if self.is_outlier(price) {
            return self.outlier(line, price);
        }
        let Some(times) = self.times(line, local_ns, Some(trade_ms), Stream::Trade)? else { return Ok(()) };
        self.last_trade_id = Some(id);
        self.summary.trades += 1;
        self.rows.push(Row {
            exchange_ns: times.exchange_ns,
            local_ns: times.local_ns,
            price,
            quantity,
            line,
            kind: kind::TRADE,
            side: if buyer_is_maker { side::SELL } else { side::BUY },
            flags: 0,
        });
        Ok(())
    }

    fn quote(&mut self, line: u32, local_ns: i64, message: &Message<'_>) -> Result<(), Refusal> {
        let (Some(id), Some(bid), Some(bid_lots), Some(ask), Some(ask_lots)) =
            (message.last_id, message.price, message.quantity, message.ask_price, message.ask_quantity)
        else {
            return self.malformed(line, || "a best quote has u, b, B, a and A".to_owned());
        };
        if (bid == 0) != (bid_lots == 0) || (ask == 0) != (ask_lots == 0) {
            return self.note(line, FindingKind::Number, "left out", || {
                "a best quote has a price without a quantity, or the other way round".to_owned()
            });
        }
        if let Some(known) = self.last_quote_id
            && (id <= known || id - known > ID_JUMP_MAX)
        {
            return self.note(line, FindingKind::Repeated, "left out", || {
                format!("the quote of update {id} does not follow the last one, of {known}")
            });
        }
        if bid != 0 && ask != 0 {
            if bid >= ask {
                return self.note(line, FindingKind::CrossedQuote, "left out", || {
                    format!("the bid of {bid} ticks is not below the ask of {ask}")
                });
            }
            if self.is_outlier(self.reference.clamp(bid, ask)) {
                return self.outlier(line, bid);
            }
        }
        let event_ms = message.trade_ms.or(message.event_ms);
        let Some(times) = self.times(line, local_ns, event_ms, Stream::Quote)? else { return Ok(()) };
        self.last_quote_id = Some(id);
        self.summary.quotes += 1;
        for (price, quantity, side) in [(bid, bid_lots, side::BUY), (ask, ask_lots, side::SELL)] {
            self.rows.push(Row {
                exchange_ns: times.exchange_ns,
                local_ns: times.local_ns,
                price,
                quantity,
                line,
                kind: kind::QUOTE,
                side,
                flags: 0,
            });
        }
        Ok(())
    }

    /// Whether a price is too far from the last one to be believed. Two in a row that agree are.
    fn is_outlier(&mut self, price: i64) -> bool {
        let near = |other: i64| {
            price <= other.saturating_mul(OUTLIER_FACTOR) && other <= price.saturating_mul(OUTLIER_FACTOR)
        };
        if self.reference == 0 || near(self.reference) || (self.suspect != 0 && near(self.suspect)) {
            self.reference = price;
            self.suspect = 0;
            return false;
        }
        self.suspect = price;
        true
    }

    #[cold]
    fn outlier(&mut self, line: u32, price: i64) -> Result<(), Refusal> {
        let last = self.reference;
        self.note(line, FindingKind::Outlier, "left out", || {
            format!("the price of {price} ticks is more than {OUTLIER_FACTOR} times off the last, {last}")
        })
    }

    /// The two times of a line's rows; `None` where they are too far apart and the line is to be left out. A message
    /// without a time of its own has the newest that is known.
    fn times(
        &mut self,
        line: u32,
        local_ns: i64,
        event_ms: Option<u64>,
        stream: Stream,
    ) -> Result<Option<Times>, Refusal> {
        let said_ns = match event_ms {
            None => Some(self.clocks.newest_ns),
            Some(ms) => i64::try_from(ms).ok().and_then(|ms| ms.checked_mul(NANOSECONDS_PER_MILLISECOND)),
        };
        let unknown = event_ms.is_none() && self.clocks.newest_ns == 0;
        let Some(mut exchange_ns) = said_ns.filter(|ns| unknown || ns.abs_diff(local_ns) <= DAY_NS) else {
            self.note(line, FindingKind::TimesApart, "left out", || {
                "the receive time and the exchange's are more than a day apart".to_owned()
            })?;
            return Ok(None);
        };
        if event_ms.is_some() {
            let last_ns = match stream {
                Stream::Depth => self.clocks.depth_ns,
                Stream::Trade => self.clocks.trade_ns,
                Stream::Quote => self.clocks.quote_ns,
            };
            if exchange_ns < last_ns {
                self.note(line, FindingKind::ExchangeTimeBack, "the time is the last of its stream", || {
                    format!("the exchange's time goes back by {} ns", last_ns.abs_diff(exchange_ns))
                })?;
                exchange_ns = last_ns;
            }
        }
        let mut local = local_ns;
        if local < self.clocks.local_ns {
            let back = self.clocks.local_ns.abs_diff(local);
            self.note(line, FindingKind::LocalTimeBack, "the time is that of the line before", || {
                format!("the receive time goes back by {back} ns")
            })?;
            local = self.clocks.local_ns;
        }
        self.clocks.local_ns = local;
        if event_ms.is_some() {
            self.saw(stream, exchange_ns, local_ns.saturating_sub(exchange_ns));
        }
        Ok(Some(Times { local_ns: local, exchange_ns }))
    }

    /// Takes note of an exchange's time.
    fn saw(&mut self, stream: Stream, exchange_ns: i64, delay_ns: i64) {
        match stream {
            Stream::Depth => self.clocks.depth_ns = exchange_ns,
            Stream::Trade => self.clocks.trade_ns = exchange_ns,
            Stream::Quote => self.clocks.quote_ns = exchange_ns,
        }
        self.clocks.newest_ns = self.clocks.newest_ns.max(exchange_ns);
        let summary = &mut self.summary;
        if summary.first_exchange_ns == 0 {
            summary.first_exchange_ns = exchange_ns;
        }
        summary.last_exchange_ns = self.clocks.newest_ns;
        summary.least_delay_ns = Some(summary.least_delay_ns.map_or(delay_ns, |least| least.min(delay_ns)));
        summary.largest_delay_ns = Some(summary.largest_delay_ns.map_or(delay_ns, |most| most.max(delay_ns)));
    }
}

#[inline]
fn depth_row(line: u32, times: Times, level: Level, side: u8, flags: u16) -> Row {
    Row {
        exchange_ns: times.exchange_ns,
        local_ns: times.local_ns,
        price: level.price,
        quantity: level.quantity,
        line,
        kind: kind::DEPTH,
        side,
        flags,
    }
}
