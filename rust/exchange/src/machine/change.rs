//! Cancelling and changing open orders.
//!
//! Queue rules: less quantity at the same price keeps the place; a new price or more quantity loses it, and
//! the order arrives again as if it were new, with its old id.

use super::Exchange;
use crate::book::{Book, Handle};
use crate::canary::{Bug, canary};
use crate::command::{OrderRef, OrderType, Phase, Replace, TimeInForce};
use crate::event::{EndReason, EventKind, EventRecord, KEPT_PLACE, PUBLIC};
use crate::order::Order;
use crate::reject::Reject;
use crate::units::{Lots, NO_PRICE, Side};

impl<B: Book> Exchange<B> {
    /// The slot of an open order of this account. Another account's order answers like a missing one.
    #[inline(always)]
    fn find(&self, account: u32, order: OrderRef, time_ns: i64) -> Result<u32, Reject> {
        if !self.accounts.has(account) {
            return Err(Reject::UnknownAccount);
        }
        let slot = match order {
            OrderRef::Id(id) => self.order_ids.get(id.get(), 0),
            OrderRef::Client(id) => self.client_ids.get(id, account),
        };
        match slot {
            Some(slot) if self.orders[slot].account == account && !self.is_over(slot, time_ns) => Ok(slot),
            _ => Err(Reject::UnknownOrder),
        }
    }

    /// Whether an order's date has passed, though nothing has come by yet to expire it.
    #[inline(always)]
    fn is_over(&self, slot: u32, time_ns: i64) -> bool {
        let order = &self.orders[slot];
        order.time_in_force == TimeInForce::GoodTillDate && order.expiry <= time_ns
    }

    #[inline]
    pub(super) fn cancel(&mut self, time_ns: i64, account: u32, order: OrderRef) -> Result<u64, Reject> {
        let slot = self.find(account, order, time_ns)?;
        self.begin(time_ns);
        let Order { id, instrument, .. } = self.orders[slot];
        self.end(slot, EventKind::Cancelled, EndReason::ByOwner);
        self.touch(instrument);
        self.follow_up();
        Ok(id)
    }

    pub(super) fn mass_cancel(&mut self, time_ns: i64, account: u32, instrument: u32) -> Result<u64, Reject> {
        if !(self.accounts.has(account) || account == 0 && instrument != 0) {
            return Err(Reject::UnknownAccount);
        }
        if !(self.instruments.has(instrument) || instrument == 0) {
            return Err(Reject::UnknownInstrument);
        }
        self.begin(time_ns);
        let mut slots = if account == 0 {
            self.slots_of_instrument(instrument)
        } else {
            self.slots_of_account(account, instrument)
        };
        let count = slots.len() as u64;
        if canary(Bug::HashOrderIteration) {
            slots.sort_by_key(|&slot| self.order_ids.home(self.orders[slot].id, 0));
        }
        for slot in slots {
            let touched = self.orders[slot].instrument;
            self.end(slot, EventKind::Cancelled, EndReason::MassCancel);
            self.touch(touched);
        }
        self.log.push(EventRecord {
            account,
            instrument,
            quantity: count,
            ..EventRecord::of(EventKind::MassCancelled)
        });
        self.follow_up();
        Ok(count)
    }

    /// Open orders of an account by rising id; instrument zero means all.
    pub(super) fn slots_of_account(&self, account: u32, instrument: u32) -> Vec<u32> {
        let mut slots = Vec::new();
        let mut slot = self.accounts[account].first_order;
        while slot != 0 {
            let order = &self.orders[slot];
            if instrument == 0 || order.instrument == instrument {
                slots.push(slot);
            }
            slot = order.next_of_account;
        }
        slots
    }

    /// Open orders of an instrument: bids, asks, buy stops, sell stops, each in their own priority.
    pub(crate) fn slots_of_instrument(&self, instrument: u32) -> Vec<u32> {
        let instrument = &self.instruments[instrument];
        let mut slots = Vec::new();
        for side in [Side::Buy, Side::Sell] {
            instrument.book.visit_orders(side, |order| {
                slots.push(super::matching::slot_of(order.tag));
                true
            });
        }
        slots.extend(instrument.buy_stops.values());
        slots.extend(instrument.sell_stops.values());
        slots
    }

    pub(super) fn replace(&mut self, time_ns: i64, replace: &Replace) -> Result<u64, Reject> {
        self.check_may_trade(replace.account.get())?;
        let slot = self.find(replace.account.get(), replace.order, time_ns)?;
        let old = self.orders[slot];
        let new = self.changed(&old, replace)?;
        let same_price = new.price == old.price && new.stop_price == old.stop_price;
        if same_price && new.open < old.open && !canary(Bug::ReplaceLosesPlace) {
            self.begin(time_ns);
            self.shrink(slot, &new);
        } else {
            self.check_arrival(&old, &new)?;
            self.begin(time_ns);
            self.move_order(slot, &old, &new);
        }
        self.touch(old.instrument);
        self.follow_up();
        Ok(old.id)
    }

    /// The order as it would be, with its fields checked.
    fn changed(&self, old: &Order, replace: &Replace) -> Result<Order, Reject> {
        let instrument = &self.instruments[old.instrument];
        match instrument.phase {
            Phase::PreOpen | Phase::Auction | Phase::Continuous => {}
            Phase::Halt | Phase::Close => return Err(Reject::PhaseForbids),
            Phase::Settled => return Err(Reject::InstrumentSettled),
        }
        let mut new = *old;
        let quantity = replace.quantity.get();
        if quantity != 0 {
            instrument.check_quantity(quantity)?;
            let filled = old.total - old.open;
            if quantity <= filled {
                return Err(Reject::QuantityBelowFilled);
            }
            new.total = quantity;
            new.open = quantity - filled;
        }
        let (price, stop_price) = (replace.price.get(), replace.stop_price.get());
        if stop_price != NO_PRICE {
            if !old.sleeping {
                return Err(Reject::PriceNotAllowed);
            }
            if stop_price < instrument.spec.min_price.get() || stop_price > instrument.spec.max_price.get() {
                return Err(Reject::StopPriceOutOfRange);
            }
            if stop_price % instrument.spec.price_step != 0 {
                return Err(Reject::StopPriceOffTick);
            }
            new.stop_price = stop_price;
            if old.order_type == OrderType::Stop && price == NO_PRICE {
                new.price = instrument.protection_price(old.side, stop_price);
            }
        }
        if price != NO_PRICE {
            instrument.check_price(price)?;
            new.price = price;
        }
        if (new.price, new.stop_price, new.open) == (old.price, old.stop_price, old.open) {
            return Err(Reject::NothingToReplace);
        }
        Ok(new)
    }

    /// The checks of a new order, for an order that gives up what it has reserved.
    fn check_arrival(&self, old: &Order, new: &Order) -> Result<(), Reject> {
        if new.open > self.accounts[new.account].order_limit() {
            return Err(Reject::OrderAboveLimit);
        }
        if new.open > old.open {
            self.check_position_limit(new, new.open - old.open)?;
            self.check_reduce_only(new)?;
        }
        if new.post_only && !new.sleeping && self.would_trade(new.instrument, new.side, new.price) {
            return Err(Reject::PostOnlyWouldTrade);
        }
        self.check_funds(new, new.open, Some(old))
    }

    /// Takes quantity off an order that keeps its place. What is hidden goes first.
    fn shrink(&mut self, slot: u32, new: &Order) {
        let old = self.orders[slot];
        let mut shown = 0;
        if old.handle != 0 {
            let book = &mut self.instruments[old.instrument].book;
            let handle = Handle::new(old.handle);
            let before = book.get(handle).quantity.get();
            shown = before.min(new.open);
            if shown < before {
                book.reduce(handle, Lots::new(before - shown));
            }
        }
        self.orders[slot].total = new.total;
        self.log_replaced(new, shown, KEPT_PLACE | if shown > 0 { PUBLIC } else { 0 });
        self.release(slot, old.open - new.open);
    }

    /// Takes an order out of its place and lets it arrive again.
    fn move_order(&mut self, slot: u32, old: &Order, new: &Order) {
        let instrument = &mut self.instruments[old.instrument];
        if old.handle != 0 {
            instrument.book.remove(Handle::new(old.handle));
        }
        if old.sleeping {
            instrument.stops(old.side).remove(&old.stop_key());
        }
        self.log_replaced(new, 0, if old.handle != 0 { PUBLIC } else { 0 });
        self.release(slot, old.open);
        let order = &mut self.orders[slot];
        order.handle = 0;
        order.price = new.price;
        order.stop_price = new.stop_price;
        order.total = new.total;
        order.open = new.open;
        self.reserve(slot);
        if old.sleeping {
            self.sleep(slot);
        } else {
            self.execute(slot);
        }
    }

    fn log_replaced(&mut self, new: &Order, shown: u64, flags: u8) {
        self.log.push(EventRecord {
            order_id: new.id,
            account: new.account,
            instrument: new.instrument,
            side: new.side as u8,
            price: new.price,
            quantity: new.open,
            remaining: shown,
            amount: new.stop_price,
            reason: EndReason::ByOwner as u8,
            flags,
            ..EventRecord::of(EventKind::Replaced)
        });
    }
}
