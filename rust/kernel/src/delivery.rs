//! From events to what agents hear: tapes, notes, calls of followers.

use exchange::event::{AUCTION, EventKind, EventRecord, NO_SIDE};
use exchange::units::Side;

use crate::crowd::{Interests, Note, NoteKind};
use crate::market::{Change, Print, Quote};
use crate::record::QuoteRecord;
use crate::world::{Tracked, World, what};

impl World {
    /// Tells everybody what the events of one command mean for him.
    #[inline]
    pub(crate) fn tell(&mut self, venue: u16, events: &[EventRecord]) {
        let mut touched = 0_u32;
        for event in events {
            let Some(kind) = event.kind() else { continue };
            match kind {
                EventKind::Trade => {
                    self.tell_trade(venue, event);
                    self.touch(venue, event.instrument, &mut touched);
                }
                EventKind::Booked | EventKind::Refreshed if self.is_behind(venue, event) => {}
                EventKind::Booked | EventKind::Refreshed | EventKind::Uncrossed => {
                    self.touch(venue, event.instrument, &mut touched);
                }
                EventKind::Accepted => self.tell_owner(venue, event, NoteKind::Accepted),
                EventKind::Rejected => self.tell_owner(venue, event, NoteKind::Refused),
                EventKind::Cancelled | EventKind::Expired | EventKind::Reduced => {
                    if !self.is_behind(venue, event) {
                        self.touch(venue, event.instrument, &mut touched);
                    }
                    self.tell_owner(venue, event, NoteKind::Ended);
                }
                EventKind::Replaced => {
                    self.touch(venue, event.instrument, &mut touched);
                    self.tell_owner(venue, event, NoteKind::Replaced);
                }
                EventKind::PhaseChanged => self.tell_phase(venue, event),
                _ => {}
            }
        }
        if touched != 0 {
            self.refresh(venue, touched);
        }
    }

    /// Whether an order of which this tells stands behind the best price, so that the best stays what it was: the
    /// last quote holds as long as nothing else touched the book, and then it is looked at anyway.
    #[inline(always)]
    fn is_behind(&self, venue: u16, event: &EventRecord) -> bool {
        let number = self.venues[usize::from(venue)].markets[event.instrument as usize - 1];
        let market = &self.markets[usize::from(number)];
        let quote = market.quote();
        match Side::from_u8(event.side) {
            Some(Side::Buy) => !market.keeps_depths && quote.bid_lots != 0 && event.price < quote.bid,
            Some(Side::Sell) => !market.keeps_depths && quote.ask_lots != 0 && event.price > quote.ask,
            None => false,
        }
    }

    /// Remembers that a book may look different. Nearly every command touches one book; where another comes
    /// in, the first is looked at before.
    #[inline(always)]
    fn touch(&mut self, venue: u16, instrument: u32, touched: &mut u32) {
        if *touched != 0 && *touched != instrument {
            self.refresh(venue, *touched);
        }
        *touched = instrument;
    }

    /// Takes a book's best prices into the tape, and calls its followers where they changed.
    #[inline]
    fn refresh(&mut self, venue: u16, instrument: u32) {
        let venue = &self.venues[usize::from(venue)];
        let number = venue.markets[instrument as usize - 1];
        let market = &mut self.markets[usize::from(number)];
        if market.tape.is_some() {
            return; // Its feed is a recording.
        }
        let Some(quote) = market.refresh(self.now, &venue.machine, self.keep_ns) else { return };
        self.show_quote(number, &quote, 0);
    }

    /// Records a new quote of now, and calls those who follow it, so much later than their feed takes.
    #[inline]
    pub(crate) fn show_quote(&mut self, number: u16, quote: &Quote, later_ns: i64) {
        if self.recorder.quotes {
            self.recorder.quote_rows.push(QuoteRecord {
                time_ns: self.now,
                bid: quote.bid,
                bid_quantity: quote.bid_lots,
                ask: quote.ask,
                ask_quantity: quote.ask_lots,
                market: u32::from(number),
                reserved: 0,
            });
        }
        for place in 0..self.markets[usize::from(number)].book_followers.len() {
            let agent = self.markets[usize::from(number)].book_followers[place].agent;
            let time = self.feed_time_of(agent, self.now + later_ns);
            let change = Change { market: number, follower: place as u32, time: quote.time };
            let follower = &mut self.markets[usize::from(number)].book_followers[place];
            match follower.waiting {
                // Changes that reach it at one time are one call.
                Some((due, slot)) if due == time => *self.changes.at(slot) = change,
                _ => {
                    let slot = self.changes.add(change);
                    follower.waiting = Some((time, slot));
                    self.schedule(time, agent, what::BOOK | slot);
                }
            }
        }
    }

    fn tell_trade(&mut self, venue: u16, event: &EventRecord) {
        let number = self.venues[usize::from(venue)].markets[event.instrument as usize - 1];
        let taker = Side::from_u8(event.side);
        let side = if event.flags & AUCTION != 0 { None } else { taker };
        let sign = side.map_or(0, |side| side.sign() as i8);
        let market = &mut self.markets[usize::from(number)];
        // Trades beside a recording are in no public feed.
        if market.tape.is_none() {
            let print = market.add_print(self.now, event.price, event.quantity, sign, self.keep_ns);
            self.show_print(number, &print, side, 0);
        }
        self.tell_sides(venue, number, event, taker);
    }

    /// Tells those who follow trades of one, so much later than their feed takes.
    #[inline]
    pub(crate) fn show_print(&mut self, number: u16, print: &Print, side: Option<Side>, later_ns: i64) {
        for place in 0..self.markets[usize::from(number)].trade_followers.len() {
            let agent = self.markets[usize::from(number)].trade_followers[place];
            let note = Note { side, ..Self::note_of_print(number, print) };
            let time = self.feed_time_of(agent, self.now + later_ns);
            let slot = self.notes.add(note);
            self.schedule(time, agent, what::NOTE | slot);
        }
    }

    #[inline(always)]
    fn tell_sides(&mut self, venue: u16, number: u16, event: &EventRecord, taker: Option<Side>) {
        let maker_side = taker.map(Side::opposite);
        self.tell_fill(venue, number, event, (event.account, event.order_id, event.amount), taker, false);
        self.tell_fill(
            venue,
            number,
            event,
            (event.counterparty, event.counter_id, event.amount_2),
            maker_side,
            true,
        );
    }

    fn note_of_print(market: u16, print: &Print) -> Note {
        Note {
            kind: NoteKind::Printed,
            side: None,
            maker: false,
            reason: 0,
            market,
            token: 0,
            order_id: 0,
            time: print.time,
            price: print.price,
            lots: print.lots,
            left: print.volume,
            fee: 0,
        }
    }

    /// Tells one side of a trade.
    #[inline(always)]
    fn tell_fill(
        &mut self,
        venue: u16,
        market: u16,
        event: &EventRecord,
        (account, order_id, fee): (u32, u64, i64),
        side: Option<Side>,
        maker: bool,
    ) {
        let Some(agent) = self.agent_of(venue, account) else { return };
        if !self.people.group(agent).tracked() {
            return;
        }
        let (mut token, mut left) = (0, 0);
        if let Some(slot) = self.tracked_ids.get(order_id, u32::from(venue)) {
            let order = self.tracked.at(slot - 1);
            order.open = order.open.saturating_sub(event.quantity);
            (token, left) = (order.token, order.open);
            if left == 0 {
                self.tracked_ids.remove(order_id, u32::from(venue));
                self.tracked.take(slot - 1);
            }
        }
        let note = Note {
            kind: NoteKind::Filled,
            side,
            maker,
            reason: 0,
            market,
            token,
            order_id,
            time: self.now,
            price: event.price,
            lots: event.quantity,
            left,
            fee,
        };
        self.answer(agent, note);
    }

    fn answer(&mut self, agent: u32, note: Note) {
        let time = self.answer_time(agent);
        let slot = self.notes.add(note);
        self.schedule(time, agent, what::NOTE | slot);
    }

    /// Tells an order's owner what became of it.
    #[inline(always)]
    fn tell_owner(&mut self, venue: u16, event: &EventRecord, kind: NoteKind) {
        let Some(agent) = self.agent_of(venue, event.account) else { return };
        let group = self.people.group(agent);
        if !group.tracked() {
            return;
        }
        let hears = group.interests.has(Interests::ORDERS);
        let owner = u32::from(venue);
        let known = self.tracked_ids.get(event.order_id, owner);
        let mut left = known.map_or(0, |slot| self.tracked.at(slot - 1).open);
        let mut token = known.map_or(0, |slot| self.tracked.at(slot - 1).token);
        match kind {
            NoteKind::Accepted => {
                (token, left) = (event.counter_id as u32, event.quantity);
                let slot = self.tracked.add(Tracked { token, open: left });
                self.tracked_ids.insert(event.order_id, owner, slot + 1);
            }
            NoteKind::Refused => token = event.counter_id as u32,
            NoteKind::Replaced => {
                left = event.quantity;
                if let Some(slot) = known {
                    self.tracked.at(slot - 1).open = left;
                }
            }
            NoteKind::Ended => {
                left = left.saturating_sub(event.quantity);
                if let Some(slot) = known {
                    self.tracked.at(slot - 1).open = left;
                    if left == 0 {
                        self.tracked_ids.remove(event.order_id, owner);
                        self.tracked.take(slot - 1);
                    }
                }
            }
            NoteKind::Filled | NoteKind::Printed => {}
        }
        if !hears {
            return;
        }
        let market = match event.instrument {
            0 => self.people.home(agent),
            instrument => self.market_of(venue, instrument).unwrap_or_else(|| self.people.home(agent)),
        };
        let note = Note {
            kind,
            side: if event.side == NO_SIDE { None } else { Side::from_u8(event.side) },
            maker: false,
            reason: event.reason,
            market,
            token,
            order_id: event.order_id,
            time: self.now,
            price: event.price,
            lots: event.quantity,
            left,
            fee: 0,
        };
        self.answer(agent, note);
    }

    fn market_of(&self, venue: u16, instrument: u32) -> Option<u16> {
        self.venues[usize::from(venue)].markets.get((instrument as usize).checked_sub(1)?).copied()
    }

    fn tell_phase(&mut self, venue: u16, event: &EventRecord) {
        let Some(market) = self.market_of(venue, event.instrument) else { return };
        for place in 0..self.phase_followers.len() {
            let agent = self.phase_followers[place];
            if self.people.group(agent).markets.contains(&market) {
                let time = self.feed_time(agent);
                let number = u32::from(market) << 4 | u32::from(event.reason);
                self.schedule(time, agent, what::PHASE | number);
            }
        }
    }

    /// News comes out: those who listen hear of it.
    pub(crate) fn publish(&mut self, number: u32) {
        for place in 0..self.news_followers.len() {
            let agent = self.news_followers[place];
            let time = self.feed_time(agent);
            self.schedule(time, agent, what::NEWS | number);
        }
    }
}
