//! What follows from a command before the next one is read.
//!
//! In this order, until nothing is left to do: reduce-only orders whose position is gone are cancelled;
//! sleeping stop orders wake, one at a time, buys from the lowest stop price up, then sells from the
//! highest down, earlier first at one price, each running to its end before the next is looked at; marks
//! move; accounts below their maintenance margin are liquidated, in the order in which they were found.

use super::Exchange;
use crate::book::Book;
use crate::canary::{Bug, canary};
use crate::command::{AccountModel, Phase};
use crate::event::{EndReason, EventKind, EventRecord};
use crate::units::Side;

impl<B: Book> Exchange<B> {
    /// Does everything that follows from the command.
    #[inline(always)]
    pub(super) fn follow_up(&mut self) {
        if !(self.touched.is_empty() && self.shrunk.is_empty() && self.margin_calls.is_empty()) {
            self.follow_up_all();
        }
    }

    fn follow_up_all(&mut self) {
        loop {
            if let Some(position) = self.shrunk.pop() {
                self.trim_reduce_only(position);
            } else if self.wake_one() {
                continue;
            } else if !self.touched.is_empty() {
                self.refresh_marks();
            } else if !self.margin_calls.is_empty() {
                let account = self.margin_calls.remove(0);
                self.liquidate(account);
            } else {
                return;
            }
        }
    }

    /// Puts a stop order to sleep.
    pub(super) fn sleep(&mut self, slot: u32) {
        self.orders[slot].priority = self.log.sequence;
        let order = self.orders[slot];
        self.instruments[order.instrument].stops(order.side).insert(order.stop_key(), slot);
    }

    /// Wakes the first stop order that the last trades reached. Returns whether there was one.
    fn wake_one(&mut self) -> bool {
        for index in 0..self.touched.len() {
            let Some(&id) = self.touched.get(index) else { break };
            let instrument = &self.instruments[id];
            if instrument.phase != Phase::Continuous {
                continue;
            }
            let Some(last) = instrument.last_price else { continue };
            let late = i64::from(canary(Bug::StopOneTickLate));
            let buy = instrument.buy_stops.first_key_value().filter(|((stop, _), _)| *stop <= last - late);
            let sell = instrument.sell_stops.first_key_value().filter(|((stop, _), _)| *stop <= -last - late);
            if let Some((_, &slot)) = buy.or(sell) {
                self.wake(slot, last);
                return true;
            }
        }
        false
    }

    fn wake(&mut self, slot: u32, last: i64) {
        let order = self.orders[slot];
        self.instruments[order.instrument].stops(order.side).remove(&order.stop_key());
        self.orders[slot].sleeping = false;
        self.log.push(EventRecord {
            order_id: order.id,
            account: order.account,
            instrument: order.instrument,
            side: order.side as u8,
            price: last,
            quantity: order.open,
            ..EventRecord::of(EventKind::Triggered)
        });
        if order.post_only && self.would_trade(order.instrument, order.side, order.price) {
            self.end(slot, EventKind::Cancelled, EndReason::PostOnly);
        } else {
            self.execute(slot);
        }
    }

    /// Cancels the reduce-only orders of a position that has nothing left for them to reduce.
    fn trim_reduce_only(&mut self, position: u32) {
        let held = self.positions[position];
        if held.reduce_only_orders == 0 {
            return;
        }
        for slot in self.slots_of_account(held.account, held.instrument) {
            let order = self.orders[slot];
            if order.reduce_only && order.side.sign() * held.lots >= 0 {
                self.end(slot, EventKind::Cancelled, EndReason::NothingToReduce);
            }
        }
    }

    /// Expires every order whose date has passed, earliest first.
    #[cold]
    pub(super) fn expire_due(&mut self) {
        while let Some(&(expiry, id)) = self.expiries.first() {
            if expiry > self.clock {
                break;
            }
            let Some(slot) = self.order_ids.get(id, 0) else { break };
            let instrument = self.orders[slot].instrument;
            self.end(slot, EventKind::Expired, EndReason::ExpiryPassed);
            self.touch(instrument);
        }
    }

    /// Moves the marks of the instruments in which something happened.
    fn refresh_marks(&mut self) {
        while let Some(id) = self.touched.pop() {
            if self.config.model == AccountModel::Margin {
                let mark = self.instruments[id].live_mark();
                if mark != self.instruments[id].mark {
                    self.move_mark(id, mark);
                }
            }
        }
    }

    /// The first resting orders of both sides, for an auction.
    pub(super) fn fronts(&self, instrument: u32) -> Option<(crate::book::Resting, crate::book::Resting)> {
        let book = &self.instruments[instrument].book;
        Some((book.front(Side::Buy)?, book.front(Side::Sell)?))
    }
}
