//! Continuous trading: a taker meets the book, trade by trade.

use super::Exchange;
use super::ledger::{fee, notional};
use crate::book::{Book, Handle, Resting};
use crate::canary::{Bug, canary};
use crate::command::{AccountModel, Phase, SelfTrade, TimeInForce};
use crate::event::{AUCTION, EndReason, EventKind, EventRecord, FORCED, PUBLIC};
use crate::order::Order;
use crate::units::{Lots, PriceTicks, Side};

/// What a book carries about an order: its slot and its owner.
#[inline(always)]
pub(crate) const fn tag(slot: u32, account: u32) -> u64 {
    (account as u64) << 32 | slot as u64
}

/// The slot in a tag.
#[inline(always)]
#[allow(clippy::cast_possible_truncation)] // The low half is the slot.
pub(crate) const fn slot_of(tag: u64) -> u32 {
    tag as u32
}

/// The owner in a tag.
#[inline(always)]
const fn owner_of(tag: u64) -> u32 {
    (tag >> 32) as u32
}

impl<B: Book> Exchange<B> {
    /// Lets an order that is awake and not in the book trade what it can; the rest rests or is cancelled.
    #[inline(always)]
    pub(super) fn execute(&mut self, slot: u32) {
        let order = self.orders[slot];
        let instrument = &self.instruments[order.instrument];
        if instrument.phase == Phase::Continuous {
            let (best, limit) = (instrument.book.best(order.side.opposite()), PriceTicks::new(order.price));
            let exclude = canary(Bug::LimitPriceExcluded);
            if best.is_some_and(|best| order.side.accepts(limit, best) && !(exclude && best == limit)) {
                return self.execute_against(slot, &order);
            }
        }
        self.settle_remainder(slot);
    }

    /// The sweep of an order that meets at least one opposite price.
    fn execute_against(&mut self, slot: u32, order: &Order) {
        if order.time_in_force == TimeInForce::FillOrKill && !self.can_fill_whole(order) {
            return self.end(slot, EventKind::Cancelled, EndReason::NotFilledWhole);
        }
        let limit = PriceTicks::new(order.price);
        while self.orders[slot].open > 0 {
            let instrument = &self.instruments[order.instrument];
            let Some(maker) = instrument.book.front(order.side.opposite()) else { break };
            if !order.side.accepts(limit, maker.price) && !canary(Bug::TradesBeyondLimit) {
                break;
            }
            if instrument.breaks_at(maker.price.get()) {
                return self.trip_breaker(slot, order.instrument);
            }
            if owner_of(maker.tag) == order.account && !canary(Bug::SelfTradeAllowed) {
                if self.prevent_self_trade(slot, order, &maker) {
                    return;
                }
                continue;
            }
            let mut lots = self.orders[slot].open.min(maker.quantity.get());
            if self.positions[self.orders[slot_of(maker.tag)].position].reduce_only_orders > 0 {
                match self.reducible(slot_of(maker.tag)) {
                    0 => {
                        let reason = EndReason::NothingToReduce;
                        self.end(slot_of(maker.tag), EventKind::Cancelled, reason);
                        continue;
                    }
                    most => lots = lots.min(most),
                }
            }
            if order.reduce_only {
                match self.reducible(slot) {
                    0 => return self.end(slot, EventKind::Cancelled, EndReason::NothingToReduce),
                    most => lots = lots.min(most),
                }
            }
            self.trade(slot, &maker, lots);
        }
        self.settle_remainder(slot);
    }

    /// Makes one trade of `lots` between a taker and the first resting order of the other side.
    #[inline(always)]
    fn trade(&mut self, taker: u32, maker: &Resting, lots: u64) {
        let maker_slot = slot_of(maker.tag);
        let taking = self.orders[taker];
        let making = self.orders[maker_slot];
        let instrument = &mut self.instruments[taking.instrument];
        let price = if canary(Bug::TakersPrice) { taking.price } else { maker.price.get() };
        let left = instrument.book.fill_front(maker.side, Lots::new(lots));
        instrument.last_price = Some(price);
        instrument.mark_base = price;
        let worth = notional(&instrument.spec, price, lots);
        let taker_fee = fee(worth, instrument.spec.taker_fee_ppm);
        let maker_fee = fee(worth, instrument.spec.maker_fee_ppm);
        self.log.push(EventRecord {
            order_id: taking.id,
            counter_id: making.id,
            account: taking.account,
            counterparty: making.account,
            instrument: taking.instrument,
            side: taking.side as u8,
            price,
            quantity: lots,
            remaining: left,
            amount: taker_fee,
            amount_2: maker_fee,
            flags: if taking.forced { PUBLIC | FORCED } else { PUBLIC },
            ..EventRecord::of(EventKind::Trade)
        });
        self.post_fill(taker, lots, worth, taker_fee);
        self.post_fill(maker_slot, lots, worth, maker_fee);
        self.collect_fees(taker_fee + maker_fee);
        self.after_resting_fill(maker_slot, left);
    }

    /// A trade of an auction: both orders rest, both are first of their side, the price is the auction's.
    pub(super) fn trade_in_auction(&mut self, buy: &Resting, sell: &Resting, price: i64, lots: u64) {
        let (buy_slot, sell_slot) = (slot_of(buy.tag), slot_of(sell.tag));
        let (buying, selling) = (self.orders[buy_slot], self.orders[sell_slot]);
        let instrument = &mut self.instruments[buying.instrument];
        let buy_left = instrument.book.fill_front(Side::Buy, Lots::new(lots));
        let sell_left = instrument.book.fill_front(Side::Sell, Lots::new(lots));
        instrument.last_price = Some(price);
        instrument.mark_base = price;
        let worth = notional(&instrument.spec, price, lots);
        // Nobody takes in an auction: both sides pay the maker's fee, and no rebate is due.
        let each = fee(worth, instrument.spec.maker_fee_ppm.max(0));
        self.log.push(EventRecord {
            order_id: buying.id,
            counter_id: selling.id,
            account: buying.account,
            counterparty: selling.account,
            instrument: buying.instrument,
            side: Side::Buy as u8,
            price,
            quantity: lots,
            remaining: sell_left,
            amount: each,
            amount_2: each,
            flags: PUBLIC | AUCTION,
            ..EventRecord::of(EventKind::Trade)
        });
        self.post_fill(buy_slot, lots, worth, each);
        self.post_fill(sell_slot, lots, worth, each);
        self.collect_fees(each + each);
        self.after_resting_fill(buy_slot, buy_left);
        self.after_resting_fill(sell_slot, sell_left);
    }

    /// After a resting order traded: it ends, shows its next slice, or waits on.
    #[inline(always)]
    fn after_resting_fill(&mut self, slot: u32, left: u64) {
        if left > 0 {
            return;
        }
        self.orders[slot].handle = 0;
        if self.orders[slot].open == 0 {
            self.forget(slot);
        } else {
            self.show(slot, EventKind::Refreshed);
        }
    }

    /// Puts what shows of an order at the end of the queue at its price.
    #[inline(always)]
    pub(super) fn show(&mut self, slot: u32, kind: EventKind) {
        let order = &self.orders[slot];
        let shown = if canary(Bug::IcebergShowsAll) { order.open } else { order.slice() };
        let handle = self.instruments[order.instrument].book.insert(
            order.side,
            PriceTicks::new(order.price),
            Lots::new(shown),
            tag(slot, order.account),
        );
        self.log.push(EventRecord {
            order_id: order.id,
            account: order.account,
            instrument: order.instrument,
            side: order.side as u8,
            price: order.price,
            quantity: shown,
            flags: PUBLIC,
            ..EventRecord::of(kind)
        });
        self.orders[slot].handle = handle.get();
    }

    /// After an order traded what it could: it is done, rests, or loses its remainder.
    #[inline(always)]
    fn settle_remainder(&mut self, slot: u32) {
        let order = &self.orders[slot];
        if order.open == 0 {
            return self.forget(slot);
        }
        if !order.may_rest() {
            let reason = match order.time_in_force {
                TimeInForce::FillOrKill => EndReason::NotFilledWhole,
                _ => EndReason::ImmediateRemainder,
            };
            return self.end(slot, EventKind::Cancelled, reason);
        }
        if !self.instruments[order.instrument].book.has_room() {
            return self.end(slot, EventKind::Cancelled, EndReason::BookFull);
        }
        self.show(slot, EventKind::Booked);
    }

    /// How many lots an order may trade before it would open or increase a position: all it has open,
    /// unless it is reduce-only.
    #[allow(clippy::cast_sign_loss)] // Clamped to zero first.
    pub(super) fn reducible(&self, slot: u32) -> u64 {
        let order = &self.orders[slot];
        if !order.reduce_only || canary(Bug::ReduceOnlyTurnsOver) {
            return u64::MAX;
        }
        (-order.side.sign() * self.positions[order.position].lots).max(0) as u64
    }

    /// Whether an order could fill whole against what it may trade with right now. Its own account's
    /// orders, reduce-only orders and what lies past the circuit breaker do not count, so a "yes" is kept.
    fn can_fill_whole(&self, order: &Order) -> bool {
        let instrument = &self.instruments[order.instrument];
        let limit = PriceTicks::new(order.price);
        let mut missing = order.open;
        let own_blocks = order.self_trade != SelfTrade::CancelOldest;
        instrument.book.visit_orders(order.side.opposite(), |maker| {
            if !order.side.accepts(limit, maker.price) || instrument.breaks_at(maker.price.get()) {
                return false;
            }
            let making = &self.orders[slot_of(maker.tag)];
            if making.account == order.account {
                return !own_blocks;
            }
            if !making.reduce_only || canary(Bug::FillOrKillFillsPartly) {
                missing = missing.saturating_sub(making.open);
            }
            missing > 0
        });
        let enough = !order.reduce_only || self.reducible_now(order) >= order.open;
        missing == 0 && enough
    }

    #[allow(clippy::cast_sign_loss)] // Clamped to zero first.
    fn reducible_now(&self, order: &Order) -> u64 {
        (-order.side.sign() * self.positions[order.position].lots).max(0) as u64
    }

    /// Keeps an account from trading with itself. Returns whether the arriving order is gone.
    #[cold]
    fn prevent_self_trade(&mut self, slot: u32, order: &Order, maker: &Resting) -> bool {
        let maker_slot = slot_of(maker.tag);
        let cancelled = EventKind::Cancelled;
        match order.self_trade {
            SelfTrade::CancelNewest => {
                self.end(slot, cancelled, EndReason::SelfTrade);
                true
            }
            SelfTrade::CancelOldest => {
                self.end(maker_slot, cancelled, EndReason::SelfTrade);
                false
            }
            SelfTrade::CancelBoth => {
                self.end(maker_slot, cancelled, EndReason::SelfTrade);
                self.end(slot, cancelled, EndReason::SelfTrade);
                true
            }
            SelfTrade::Decrement => {
                let lots = self.orders[slot].open.min(maker.quantity.get());
                self.decrement_resting(maker_slot, lots);
                if self.orders[slot].open == lots {
                    self.end(slot, cancelled, EndReason::SelfTrade);
                    return true;
                }
                self.log_reduced(slot, lots, 0, 0);
                self.release(slot, lots);
                false
            }
        }
    }

    /// Takes lots off the first resting order of a side without a trade.
    fn decrement_resting(&mut self, slot: u32, lots: u64) {
        let order = self.orders[slot];
        if order.open == lots {
            return self.end(slot, EventKind::Cancelled, EndReason::SelfTrade);
        }
        let book = &mut self.instruments[order.instrument].book;
        let left = book.fill_front(order.side, Lots::new(lots));
        self.log_reduced(slot, lots, left, PUBLIC);
        self.release(slot, lots);
        self.after_resting_fill(slot, left);
    }

    fn log_reduced(&mut self, slot: u32, lots: u64, left: u64, flags: u8) {
        let order = &self.orders[slot];
        self.log.push(EventRecord {
            order_id: order.id,
            account: order.account,
            instrument: order.instrument,
            side: order.side as u8,
            price: order.price,
            quantity: lots,
            remaining: left,
            reason: EndReason::SelfTrade as u8,
            flags,
            ..EventRecord::of(EventKind::Reduced)
        });
    }

    /// Halts an instrument instead of trading past its circuit breaker.
    #[cold]
    fn trip_breaker(&mut self, slot: u32, instrument: u32) {
        self.end(slot, EventKind::Cancelled, EndReason::CircuitBreaker);
        self.enter_phase(instrument, Phase::Halt);
    }

    /// Ends an open order: out of its book or its sleep, its reserve given back, its record freed.
    #[inline(always)]
    pub(super) fn end(&mut self, slot: u32, kind: EventKind, reason: EndReason) {
        let order = self.orders[slot];
        let instrument = &mut self.instruments[order.instrument];
        let shown = match order.handle {
            0 => 0,
            handle => instrument.book.remove(Handle::new(handle)).quantity.get(),
        };
        if order.sleeping {
            instrument.stops(order.side).remove(&order.stop_key());
        }
        self.log.push(EventRecord {
            order_id: order.id,
            counter_id: order.client_id,
            account: order.account,
            instrument: order.instrument,
            side: order.side as u8,
            price: order.price,
            quantity: order.open,
            remaining: shown,
            reason: reason as u8,
            flags: if shown > 0 { PUBLIC } else { 0 },
            ..EventRecord::of(kind)
        });
        self.orders[slot].handle = 0;
        self.release(slot, order.open);
        self.forget(slot);
    }

    /// Drops the record of an order that has nothing open any more.
    #[inline(always)]
    pub(super) fn forget(&mut self, slot: u32) {
        let order = self.orders[slot];
        self.order_ids.remove(order.id, 0);
        if order.client_id != 0 {
            self.client_ids.remove(order.client_id, order.account);
        }
        if order.time_in_force == TimeInForce::GoodTillDate {
            self.expiries.remove(&(order.expiry, order.id));
            self.earliest_expiry = self.expiries.first().map_or(i64::MAX, |&(expiry, _)| expiry);
        }
        if order.reduce_only {
            self.positions[order.position].reduce_only_orders -= 1;
        }
        let account = &mut self.accounts[order.account];
        account.open_orders -= 1;
        match order.previous_of_account {
            0 => account.first_order = order.next_of_account,
            previous => self.orders[previous].next_of_account = order.next_of_account,
        }
        match order.next_of_account {
            0 => self.accounts[order.account].last_order = order.previous_of_account,
            next => self.orders[next].previous_of_account = order.previous_of_account,
        }
        self.orders.free(slot);
        if canary(Bug::OrderIdReused) && order.id == self.last_order_id {
            self.last_order_id -= 1;
        }
    }

    /// Notes that an instrument's book changed.
    #[inline(always)]
    pub(super) fn touch(&mut self, instrument: u32) {
        let watched = &self.instruments[instrument];
        let stops = !watched.buy_stops.is_empty() || !watched.sell_stops.is_empty();
        if (stops || self.config.model == AccountModel::Margin) && !self.touched.contains(&instrument) {
            self.touched.push(instrument);
        }
    }
}
