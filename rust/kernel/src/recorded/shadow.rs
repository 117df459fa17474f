//! A tape: the recorded book is shown and nobody changes it; agents' orders are filled beside it.
//!
//! The market's feed is the recording. Agents' orders stand in the real exchange, whose book holds nothing else,
//! and trade with the house (`house`):
//!
//! - on arrival, with what the recorded book shows opposite;
//! - resting, with what a recorded trade leaves once what stood before the order is gone (`own`, `queue_model`);
//! - resting and whole, once a trade is printed through their price, or the recorded opposite best reaches it.
//!
//! Nothing of the exchange is touched by a row that concerns no order of an agent.

use std::sync::Arc;

use exchange::command::{Action, Phase};
use exchange::units::{InstrumentId, PriceTicks};

use super::flow::{ROWS_MAX, Recording, Stop};
use super::house::side_of;
use super::ladder::{NO_KEY, RecordedBook, key_of};
use super::own::{OwnBook, reaches};
use super::rows::{TapeRow, TapeSettings, flag, kind, prepare};
use crate::market::{Print, Quote};
use crate::simulation::Simulation;
use crate::spec::Error;
use crate::world::World;

/// A best quote rules the top of the book for so long; one that is older may be the last of its stream.
const QUOTE_RULES_NS: i64 = 1_000_000_000;

/// A recorded order.
#[derive(Clone, Copy, Debug, Default)]
struct Single {
    key: i64,
    lots: u64,
    /// How many rows were carried out when it came.
    born: usize,
    side: usize,
}

/// A tape on its way.
#[derive(Clone)]
pub(crate) struct Shadow {
    pub(crate) market: u16,
    pub(crate) venue: u16,
    pub(crate) instrument: InstrumentId,
    /// Its place among the recordings.
    pub(crate) place: usize,
    /// The account of the house.
    pub(crate) house: u32,
    /// Its second account, where it has one.
    pub(crate) second: Option<u32>,
    pub(crate) lot_step: u64,
    pub(crate) settings: TapeSettings,
    rows: Arc<Vec<TapeRow>>,
    /// Rows done.
    pub(crate) next: usize,
    single_orders: bool,
    /// Recorded orders by reference.
    singles: Vec<Single>,
    /// Whether the book was ever known to be whole, or never will be.
    whole: bool,
    /// The best prices as they were shown last: keys and lots of bids and asks.
    shown: [(i64, u64); 2],
    /// The keys of the last best quotes, and when they came.
    quoted: [(i64, i64); 2],
    last_price: i64,
    next_mark: i64,
}

impl Shadow {
    #[inline(always)]
    pub(crate) fn next_time(&self) -> i64 {
        self.rows.get(self.next).map_or(i64::MAX, |row| row.exchange_ns)
    }

    /// Carries out rows; returns how many.
    pub(crate) fn run(&mut self, world: &mut World, stop: Stop) -> u64 {
        let Some(mut book) = world.markets[usize::from(self.market)].recorded.take() else { return 0 };
        let rows = Arc::clone(&self.rows);
        let begin = self.next;
        let most = usize::try_from(stop.rows).unwrap_or(usize::MAX);
        let mut until = stop.time;
        for row in rows[begin..].iter().take(most) {
            if row.exchange_ns > until {
                break;
            }
            self.next += 1;
            world.now = world.now.max(row.exchange_ns);
            self.carry_out(world, &mut book, row);
            // What the row led to may be due before the next row.
            until = until.min(world.queue.soonest);
        }
        world.markets[usize::from(self.market)].recorded = Some(book);
        (self.next - begin) as u64
    }

    #[inline(always)]
    fn carry_out(&mut self, world: &mut World, book: &mut RecordedBook, row: &TapeRow) {
        let side = usize::from(row.side & 1);
        match row.kind {
            kind::DEPTH => {
                let key = key_of(side, row.price);
                let (top, since) = self.quoted[side];
                let overruled = key <= top && row.exchange_ns - since < QUOTE_RULES_NS;
                if !overruled {
                    self.level(world, book, side, key, row.quantity);
                }
            }
            kind::TRADE => self.trade(world, book, row, side),
            kind::QUOTE => self.quote(world, book, row, side),
            _ => self.single(world, book, row, side),
        }
        if row.flags & flag::LAST != 0 {
            self.end_message(world, book, row);
        }
    }

    /// A level is now this.
    #[inline(always)]
    fn level(&self, world: &mut World, book: &mut RecordedBook, side: usize, key: i64, lots: u64) {
        let before = book.sides[side].set(key, lots);
        let own = &mut world.flow.own[self.place];
        if own.may_stand(side, key) {
            own.level_changed(self.settings.queue, side, key, before, lots);
        }
    }

    /// The best of a side is now this: what is better is gone.
    #[inline]
    fn quote(&mut self, world: &mut World, book: &mut RecordedBook, row: &TapeRow, side: usize) {
        if !self.settings.quotes {
            return;
        }
        let key = if row.quantity == 0 { NO_KEY } else { key_of(side, row.price) };
        while book.sides[side].best() < key {
            let best = book.sides[side].best();
            self.level(world, book, side, best, 0);
        }
        if row.quantity == 0 {
            self.quoted[side] = (i64::MIN, 0);
        } else {
            self.quoted[side] = (key, row.exchange_ns);
            self.level(world, book, side, key, row.quantity);
        }
    }

    /// A trade; `side` is the aggressor's.
    #[inline]
    fn trade(&mut self, world: &mut World, book: &mut RecordedBook, row: &TapeRow, side: usize) {
        let rests = 1 - side;
        let key = key_of(rests, row.price);
        self.print(world, row, side, row.quantity);
        if world.flow.own[self.place].reaches(rests, key) {
            let mut fills = Vec::new();
            let own = &mut world.flow.own[self.place];
            own.through(rests, key, &mut fills);
            // Beside single orders this is a trade with one that did not show, behind all that do.
            if !self.single_orders {
                own.traded(rests, key, row.quantity, &mut fills);
            }
            self.fill(world, book, rests, &fills);
        }
        if world.flow.own[self.place].wakes(row.price) {
            self.wake(world, book, row.price, side);
        }
    }

    /// Shows a trade.
    #[inline]
    fn print(&mut self, world: &mut World, row: &TapeRow, side: usize, lots: u64) {
        self.last_price = row.price;
        let sign = if side == 0 { 1 } else { -1 };
        let print = Print { time: row.local_ns, price: row.price, lots, volume: 0, side: sign };
        let market = &mut world.markets[usize::from(self.market)];
        let print = market.push_print(print, world.now - world.keep_ns);
        if !market.trade_followers.is_empty() {
            world.show_print(self.market, &print, Some(side_of(side)), row.local_ns - row.exchange_ns);
        }
    }

    /// Something happened to a single recorded order, or to the market's phase.
    #[inline]
    fn single(&mut self, world: &mut World, book: &mut RecordedBook, row: &TapeRow, side: usize) {
        if row.kind == kind::PHASE {
            if let Some(phase) = Phase::from_u8(row.quantity as u8) {
                world.apply(self.venue, Action::SetPhase { instrument: self.instrument, phase });
            }
            return;
        }
        let reference = row.reference as usize;
        if row.kind == kind::ENTER {
            let key = key_of(side, row.price);
            self.singles[reference] = Single { key, lots: row.quantity, born: self.next, side };
            let ladder = &mut book.sides[side];
            ladder.set(key, ladder.at(key) + row.quantity);
            return;
        }
        let single = &mut self.singles[reference];
        let lots = row.quantity.min(single.lots);
        single.lots -= lots;
        let single = *single;
        if lots == 0 {
            return;
        }
        let ladder = &mut book.sides[single.side];
        ladder.set(single.key, ladder.at(single.key).saturating_sub(lots));
        if row.kind == kind::EXECUTE {
            self.print(world, row, 1 - single.side, lots);
            if world.flow.own[self.place].reaches(single.side, single.key) {
                let mut fills = Vec::new();
                let own = &mut world.flow.own[self.place];
                own.through(single.side, single.key, &mut fills);
                own.executed(single.side, single.key, lots, single.born, &mut fills);
                self.fill(world, book, single.side, &fills);
            }
            if world.flow.own[self.place].wakes(row.price) {
                self.wake(world, book, row.price, 1 - single.side);
            }
        } else if world.flow.own[self.place].may_stand(single.side, single.key) {
            world.flow.own[self.place].order_shrank(single.side, single.key, lots, single.born);
        }
    }

    /// The book is one that the exchange showed: look at it.
    #[inline]
    fn end_message(&mut self, world: &mut World, book: &RecordedBook, row: &TapeRow) {
        if !self.whole {
            if row.flags & flag::STALE != 0 {
                return;
            }
            self.whole = true;
        }
        for side in 0..2 {
            let opposite = book.sides[1 - side].best();
            let own = &world.flow.own[self.place];
            if own.has_locked || reaches(opposite, own.best[side]) {
                self.meet(world, book, side, opposite);
            }
        }
        self.show(world, book, row.local_ns);
        if world.now >= self.next_mark {
            self.mark(world, book);
        }
    }

    /// The recorded opposite best reaches agents' orders of a side: they fill whole.
    #[cold]
    fn meet(&self, world: &mut World, book: &RecordedBook, side: usize, opposite: i64) {
        let mut fills = Vec::new();
        world.flow.own[self.place].met(side, opposite, &mut fills);
        self.fill(world, book, side, &fills);
    }

    /// Shows the best prices where they changed.
    #[inline]
    pub(crate) fn show(&mut self, world: &mut World, book: &RecordedBook, seen: i64) {
        let [bids, asks] = &book.sides;
        let now = [(bids.best(), bids.best_lots()), (asks.best(), asks.best_lots())];
        let market = &mut world.markets[usize::from(self.market)];
        let horizon = world.now - world.keep_ns;
        let seen = seen.max(world.now);
        if market.keeps_depths {
            market.push_depth(book.depth(seen), horizon);
        }
        if now == self.shown {
            return;
        }
        self.shown = now;
        let quote: Quote = book.quote(seen);
        market.push_quote(quote, horizon);
        if world.recorder.quotes || !market.book_followers.is_empty() {
            world.show_quote(self.market, &quote, seen - world.now);
        }
    }

    /// Sets the exchange's mark: the last recorded trade, held between the recorded best prices.
    #[cold]
    fn mark(&mut self, world: &mut World, book: &RecordedBook) {
        self.next_mark = world.now.saturating_add(self.settings.mark_ns);
        let quote = book.quote(world.now);
        if !world.flow.own[self.place].has_traded || quote.bid_lots == 0 || quote.ask_lots == 0 {
            return;
        }
        let last = if self.last_price == i64::MIN { quote.bid } else { self.last_price };
        let price = last.max(quote.bid).min(quote.ask.max(quote.bid));
        let instrument = self.instrument;
        world.apply(self.venue, Action::SetMark { instrument, price: PriceTicks::new(price) });
    }
}

impl Simulation {
    /// Lets a market's feed be a recording that nobody changes. Rows whose time is over are carried out at once when
    /// the simulation goes on. Rows out of the order of their times are sorted, those of one time as they stand.
    ///
    /// # Errors
    /// There is no such market, it has a recording already, no agent of the kind `recorded` trades in it, or the
    /// settings or a row are unsound.
    pub fn attach_tape(
        &mut self,
        market: u16,
        mut rows: Vec<TapeRow>,
        settings: TapeSettings,
    ) -> Result<(), Error> {
        let place = |number: usize| format!("recorded.{market}.rows.{number}");
        if rows.len() > ROWS_MAX {
            return Err(Error::new(place(ROWS_MAX), "is one row more than there may be"));
        }
        let single_orders =
            prepare(&mut rows, &settings).map_err(|(number, flaw)| Error::new(place(number), flaw))?;
        if let Some(flaw) = settings.flaw(single_orders) {
            return Err(Error::new(format!("recorded.{market}"), flaw));
        }
        let agents = self.stand_ins(market, 1)?;
        let listed = &mut self.world.markets[usize::from(market)];
        let recordings = self.world.flow.recordings.len();
        listed.tape = Some(recordings);
        listed.recorded = Some(Box::default());
        let (venue, lot_step) = (listed.venue, listed.lot_step);
        let instrument = InstrumentId::new(listed.instrument);
        let house = self.world.account_of(venue, agents.start);
        let accounts = house..house + agents.len() as u32;
        let references = rows.iter().filter(|row| row.kind >= kind::ENTER && row.kind <= kind::EXECUTE);
        let references = references.map(|row| row.reference as usize + 1).max().unwrap_or(0);
        let is_whole = |row: &TapeRow| row.flags & (flag::LAST | flag::STALE) == flag::LAST;
        let shadow = Shadow {
            market,
            venue,
            instrument,
            place: recordings,
            house,
            second: (agents.len() > 1).then_some(house + 1),
            lot_step,
            settings,
            next: 0,
            single_orders,
            singles: vec![Single::default(); references],
            whole: !rows.iter().any(is_whole),
            shown: [(NO_KEY, 0); 2],
            quoted: [(i64::MIN, 0); 2],
            last_price: i64::MIN,
            next_mark: i64::MIN,
            rows: Arc::new(rows),
        };
        let own = OwnBook::new(accounts, lot_step);
        self.world.flow.add(Recording::Tape(Box::new(shadow)), own);
        Ok(())
    }

    /// How many rows of a market's tape are done, and for each agents' order beside it the exchange's number and
    /// how many recorded lots are thought to stand before it.
    #[must_use]
    pub fn tape_progress(&self, market: u16) -> Option<(u64, Vec<(u64, f64)>)> {
        let place = self.world.markets.get(usize::from(market))?.tape?;
        let rows = match self.world.flow.recordings.get(place)? {
            Some(Recording::Tape(shadow)) => shadow.next as u64,
            _ => 0,
        };
        Some((rows, self.world.flow.own[place].fronts()))
    }
}
