//! The full audit: everything that is kept twice is computed anew and compared.
//!
//! It reads the whole state and is meant for tests, for snapshots and for an operator who asks.

use std::collections::{BTreeMap, BTreeSet};

use super::Exchange;
use super::ledger::{escrow_need, exposure, notional};
use super::margin::Contribution;
use super::matching::slot_of;
use crate::book::{Book, Resting};
use crate::command::{AccountModel, Phase};
use crate::units::Side;

/// What the open orders of one position add up to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct OpenSums {
    buy: i64,
    sell: i64,
    buy_notional: i64,
    sell_notional: i64,
    escrow: i64,
    exposure: i64,
    reduce_only: u32,
}

fn claim(holds: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what()) }
}

impl<B: Book> Exchange<B> {
    /// Checks every invariant of the state.
    ///
    /// # Errors
    /// The first claim that does not hold, in words.
    pub fn check(&self) -> Result<(), String> {
        let sums = self.open_sums()?;
        self.check_positions(&sums)?;
        self.check_accounts(&sums)?;
        self.check_books()?;
        let cash: i128 =
            self.accounts.iter().map(|held| i128::from(held.cash) + i128::from(held.escrow)).sum();
        let system = self.system.fees + self.system.fund;
        claim(cash + system == self.system.issued, || {
            format!(
                "cash is conserved: {cash} held and {system} in the system, {} issued",
                self.system.issued
            )
        })
    }

    #[allow(clippy::cast_possible_wrap)] // Lots of open orders are below 2^40.
    fn open_sums(&self) -> Result<BTreeMap<u32, OpenSums>, String> {
        let mut sums: BTreeMap<u32, OpenSums> = BTreeMap::new();
        for (slot, order) in self.orders.iter() {
            claim(order.open > 0 && order.open <= order.total, || {
                format!("order {} is open: {} of {}", order.id, order.open, order.total)
            })?;
            claim(self.order_ids.get(order.id, 0) == Some(slot), || format!("order {} is found", order.id))?;
            claim(
                order.client_id == 0 || self.client_ids.get(order.client_id, order.account) == Some(slot),
                || format!("order {} is found by its owner's number", order.id),
            )?;
            let instrument = &self.instruments[order.instrument];
            let worth = notional(&instrument.spec, order.price, order.open);
            let sum = sums.entry(order.position).or_default();
            sum.exposure += exposure(instrument, order.open);
            sum.reduce_only += u32::from(order.reduce_only);
            match order.side {
                Side::Buy => {
                    sum.buy += order.open as i64;
                    sum.buy_notional += worth.abs();
                    sum.escrow += escrow_need(&instrument.spec, order.price, order.open);
                }
                Side::Sell => {
                    sum.sell += order.open as i64;
                    sum.sell_notional += worth.abs();
                }
            }
        }
        claim(self.order_ids.len() == self.orders.len(), || "no id is left over".to_owned())?;
        Ok(sums)
    }

    fn check_positions(&self, sums: &BTreeMap<u32, OpenSums>) -> Result<(), String> {
        let cash_model = self.config.model == AccountModel::Cash;
        let mut held: BTreeMap<u32, i64> = BTreeMap::new();
        for slot in self.positions.slots() {
            let position = &self.positions[slot];
            let name = || format!("account {} in instrument {}", position.account, position.instrument);
            let sum = sums.get(&slot).copied().unwrap_or_default();
            claim((position.open_buy, position.open_sell) == (sum.buy, sum.sell), || {
                format!("{}: open lots equal its orders", name())
            })?;
            claim(position.reduce_only_orders == sum.reduce_only, || {
                format!("{}: reduce-only orders are counted", name())
            })?;
            if cash_model {
                claim(position.lots >= 0 && position.locked == sum.sell, || {
                    format!("{}: locked lots equal the sell orders", name())
                })?;
                claim(position.locked <= position.lots, || format!("{}: no short position", name()))?;
            } else {
                claim(
                    (position.open_buy_notional, position.open_sell_notional)
                        == (sum.buy_notional, sum.sell_notional),
                    || format!("{}: open worth equals its orders", name()),
                )?;
            }
            if self.config.model == AccountModel::Margin {
                let kept = Contribution {
                    value: position.value,
                    initial: position.initial,
                    maintenance: position.maintenance,
                };
                let settled = self.instruments[position.instrument].phase == Phase::Settled;
                claim(settled || kept == self.contribution(position), || {
                    format!("{}: {kept:?} is what the mark gives", name())
                })?;
            }
            *held.entry(position.instrument).or_default() += position.lots;
        }
        for (id, lots) in held {
            let issued = self.instruments[id].issued;
            claim(lots == issued, || format!("instrument {id}: {lots} held, {issued} issued"))?;
        }
        Ok(())
    }

    fn check_accounts(&self, sums: &BTreeMap<u32, OpenSums>) -> Result<(), String> {
        let mut escrow: BTreeMap<u32, i64> = BTreeMap::new();
        let mut exposed: BTreeMap<u32, i64> = BTreeMap::new();
        let mut margin: BTreeMap<u32, Contribution> = BTreeMap::new();
        for slot in self.positions.slots() {
            let position = &self.positions[slot];
            let sum = sums.get(&slot).copied().unwrap_or_default();
            *escrow.entry(position.account).or_default() += sum.escrow;
            let gross = position.lots.abs() * self.instruments[position.instrument].unit_exposure;
            *exposed.entry(position.account).or_default() += sum.exposure + gross;
            let total = margin.entry(position.account).or_default();
            total.value += position.value;
            total.initial += position.initial;
            total.maintenance += position.maintenance;
        }
        for id in self.accounts.slots() {
            let account = &self.accounts[id];
            if self.config.model == AccountModel::Cash {
                let needed = escrow.get(&id).copied().unwrap_or(0);
                claim(account.escrow == needed, || {
                    format!("account {id}: escrow {} is what its orders need, {needed}", account.escrow)
                })?;
                claim(account.cash >= 0, || format!("account {id}: {} free cash", account.cash))?;
            } else {
                let bound = exposed.get(&id).copied().unwrap_or(0);
                claim(account.exposure == bound, || {
                    format!("account {id}: exposure {} is {bound}", account.exposure)
                })?;
            }
            let total = margin.get(&id).copied().unwrap_or_default();
            let kept = Contribution {
                value: account.value,
                initial: account.initial,
                maintenance: account.maintenance,
            };
            claim(kept == total, || format!("account {id}: margin sums {kept:?} are {total:?}"))?;
            let listed = self.slots_of_account(id, 0);
            claim(listed.len() == account.open_orders as usize, || {
                format!("account {id}: open orders are counted")
            })?;
            claim(listed.is_sorted_by_key(|&slot| self.orders[slot].id), || {
                format!("account {id}: orders stand in the order of their ids")
            })?;
        }
        Ok(())
    }

    fn check_books(&self) -> Result<(), String> {
        let mut seen = BTreeSet::new();
        for id in self.instruments.slots() {
            let instrument = &self.instruments[id];
            let mut wrong = None;
            for side in [Side::Buy, Side::Sell] {
                instrument.book.visit_orders(side, |resting| {
                    if !self.stands_rightly(id, side, &resting) || !seen.insert(slot_of(resting.tag)) {
                        wrong = Some(resting);
                    }
                    wrong.is_none()
                });
            }
            claim(wrong.is_none(), || format!("instrument {id}: {wrong:?} is the order it stands for"))?;
            for (&key, &slot) in instrument.buy_stops.iter().chain(&instrument.sell_stops) {
                let order = &self.orders[slot];
                claim(order.sleeping && order.stop_key() == key && seen.insert(slot), || {
                    format!("instrument {id}: stop order {} sleeps in its place", order.id)
                })?;
            }
            let (bid, ask) = (instrument.book.best(Side::Buy), instrument.book.best(Side::Sell));
            let crossed = bid.zip(ask).is_some_and(|(bid, ask)| bid >= ask);
            claim(instrument.phase != Phase::Continuous || !crossed, || {
                format!("instrument {id}: the book is crossed at {bid:?} and {ask:?}")
            })?;
        }
        claim(seen.len() == self.orders.len(), || "every open order stands somewhere".to_owned())
    }

    fn stands_rightly(&self, instrument: u32, side: Side, resting: &Resting) -> bool {
        let order = &self.orders[slot_of(resting.tag)];
        let shows = resting.quantity.get();
        order.id != 0
            && order.handle == resting.handle.get()
            && order.instrument == instrument
            && order.side == side
            && order.price == resting.price.get()
            && !order.sleeping
            && if order.display == 0 { shows == order.open } else { shows <= order.open }
    }
}
