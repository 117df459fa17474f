//! A script: recorded orders, carried out on the real book at their recorded times, without any latency.
//!
//! Recorded orders rest in the book, so an agent's order stands at its true place in the queue and a recorded
//! aggressor trades with whoever is first. What follows from that is real impact: an order that an agent traded
//! away is not there when the recording takes it off. Such a command is refused, does no harm, and is counted.
//!
//! Assumes rows in the order of their times. Refuses rows that are not, and references above the number of rows.

use std::sync::Arc;

use exchange::command::{Action, NewOrder, OrderRef, OrderType, Phase, Replace, SelfTrade, TimeInForce};
use exchange::units::{AccountId, InstrumentId, Lots, NO_PRICE, OrderId, PriceTicks, Side, TimeNs};

use super::flow::{ROWS_MAX, Recording, Stop};
use super::own::OwnBook;
use crate::simulation::Simulation;
use crate::spec::Error;
use crate::world::World;

/// What a row of a script does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum ScriptKind {
    /// A limit order enters.
    Enter = 0,
    /// An order is cancelled.
    Cancel = 1,
    /// An order is changed to a new total quantity, which keeps its place.
    Shrink = 2,
    /// An order trades what it can at a price or better, and is gone.
    Take = 3,
    /// The market moves to the phase with the number in `lots`.
    Phase = 4,
    /// The market's auction crosses.
    Uncross = 5,
}

/// A command of a script, of 32 bytes without gaps.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[repr(C)]
pub struct ScriptRow {
    /// When, in nanoseconds.
    pub time_ns: i64,
    /// In ticks.
    pub price: i64,
    /// In lots; of a change the new total; of a phase its number.
    pub lots: u64,
    /// The order's own number within the script; counts from zero, below the number of rows.
    pub reference: u32,
    /// One of [`ScriptKind`].
    pub kind: u8,
    /// Whose: 0 the named orders', 1 the taker's, 2 the unnamed quantity's.
    pub account: u8,
    /// 0 buy, 1 sell.
    pub side: u8,
    /// Always zero.
    pub reserved: u8,
}

/// Accounts of a script.
const ACCOUNTS: u32 = 3;

/// Commands that could not be carried out as recorded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Divergences {
    /// Orders that were refused.
    pub enter: u64,
    /// Cancels of orders that were gone.
    pub cancel: u64,
    /// Changes of orders that were gone, or had traded more than is left of them.
    pub shrink: u64,
    /// Aggressive orders that found less than they took in the recording.
    pub take: u64,
}

/// A script on its way.
#[derive(Clone)]
pub(crate) struct Script {
    pub(crate) market: u16,
    venue: u16,
    instrument: InstrumentId,
    /// The account of each kind of owner.
    first_account: u32,
    rows: Arc<[ScriptRow]>,
    next: usize,
    /// The exchange's number of each order, by reference; zero for none.
    numbers: Vec<u64>,
    divergences: Divergences,
}

impl Script {
    pub(crate) fn next_time(&self) -> i64 {
        self.rows.get(self.next).map_or(i64::MAX, |row| row.time_ns)
    }

    /// Carries out rows; returns how many.
    pub(crate) fn run(&mut self, world: &mut World, stop: Stop) -> u64 {
        let mut done = 0;
        let mut until = stop.time;
        while let Some(&row) = self.rows.get(self.next) {
            if row.time_ns > until || done == stop.rows {
                break;
            }
            self.next += 1;
            done += 1;
            world.now = world.now.max(row.time_ns);
            self.carry_out(world, &row);
            // What the row led to may be due before the next row.
            until = until.min(world.queue.soonest);
        }
        done
    }

    fn carry_out(&mut self, world: &mut World, row: &ScriptRow) {
        let instrument = self.instrument;
        let account = AccountId::new(self.first_account + u32::from(row.account));
        let number = self.numbers.get(row.reference as usize).copied().unwrap_or(0);
        match row.kind {
            0 => match world.attempt(self.venue, self.order(row, TimeInForce::GoodTillCancel)) {
                Some(number) => self.numbers[row.reference as usize] = number,
                None => self.divergences.enter += 1,
            },
            1 => {
                let action = Action::Cancel { account, order: OrderRef::Id(OrderId::new(number)) };
                if number == 0 || world.attempt(self.venue, action).is_none() {
                    self.divergences.cancel += 1;
                }
            }
            2 => {
                let action = Action::Replace(Replace {
                    account,
                    order: OrderRef::Id(OrderId::new(number)),
                    price: PriceTicks::new(NO_PRICE),
                    stop_price: PriceTicks::new(NO_PRICE),
                    quantity: Lots::new(row.lots),
                });
                if number == 0 || world.attempt(self.venue, action).is_none() {
                    self.divergences.shrink += 1;
                }
            }
            3 => {
                let held = |world: &World| {
                    let machine = &world.venues[usize::from(self.venue)].machine;
                    machine.position(account.get(), instrument.get()).lots
                };
                let before = held(world);
                let _ = world.attempt(self.venue, self.order(row, TimeInForce::ImmediateOrCancel));
                if held(world).abs_diff(before) < row.lots {
                    self.divergences.take += 1;
                }
            }
            4 => {
                if let Some(phase) = Phase::from_u8(row.lots as u8) {
                    world.apply(self.venue, Action::SetPhase { instrument, phase });
                }
            }
            _ => world.apply(self.venue, Action::Uncross { instrument }),
        }
    }

    fn order(&self, row: &ScriptRow, time_in_force: TimeInForce) -> Action {
        Action::NewOrder(NewOrder {
            account: AccountId::new(self.first_account + u32::from(row.account)),
            instrument: self.instrument,
            side: if row.side == 0 { Side::Buy } else { Side::Sell },
            order_type: OrderType::Limit,
            time_in_force,
            self_trade: SelfTrade::CancelNewest,
            price: PriceTicks::new(row.price),
            stop_price: PriceTicks::new(NO_PRICE),
            quantity: Lots::new(row.lots),
            display: Lots::new(0),
            expiry: TimeNs::new(0),
            client_order_id: 0,
            post_only: false,
            reduce_only: false,
        })
    }
}

/// What is wrong with a row, if anything.
fn flaw(row: &ScriptRow, rows: usize, before: i64) -> Option<&'static str> {
    if row.time_ns < before {
        return Some("is before the row above it");
    }
    if row.kind > ScriptKind::Uncross as u8 || u32::from(row.account) >= ACCOUNTS || row.side > 1 {
        return Some("has a kind, account or side that there is not");
    }
    if row.reference as usize >= rows {
        return Some("has a reference that is not below the number of rows");
    }
    if row.kind == ScriptKind::Phase as u8 && (row.lots > 255 || Phase::from_u8(row.lots as u8).is_none()) {
        return Some("has a phase that there is not");
    }
    None
}

impl Simulation {
    /// Lets recorded orders be carried out on a market's real book. Rows whose time is over are carried out at once
    /// when the simulation goes on.
    ///
    /// # Errors
    /// There is no such market, it has a recording already, no group of three agents of the kind `recorded` trades
    /// in it, or a row is unsound or out of order.
    pub fn attach_script(&mut self, market: u16, rows: impl Into<Arc<[ScriptRow]>>) -> Result<(), Error> {
        let rows = rows.into();
        let place = |number: usize| format!("recorded.{market}.rows.{number}");
        if rows.len() > ROWS_MAX {
            return Err(Error::new(place(ROWS_MAX), "is one row more than there may be"));
        }
        let mut before = i64::MIN;
        for (number, row) in rows.iter().enumerate() {
            if let Some(flaw) = flaw(row, rows.len(), before) {
                return Err(Error::new(place(number), flaw));
            }
            before = row.time_ns;
        }
        let first = self.stand_ins(market, ACCOUNTS)?.start;
        let listed = &self.world.markets[usize::from(market)];
        let references = rows.iter().map(|row| row.reference as usize + 1).max().unwrap_or(0);
        let script = Script {
            market,
            venue: listed.venue,
            instrument: InstrumentId::new(listed.instrument),
            first_account: self.world.account_of(listed.venue, first),
            next: 0,
            numbers: vec![0; references],
            divergences: Divergences::default(),
            rows,
        };
        self.world.flow.add(Recording::Script(Box::new(script)), OwnBook::default());
        Ok(())
    }

    /// What of a market's script could not be carried out as recorded, and how many of its rows are done.
    #[must_use]
    pub fn script_progress(&self, market: u16) -> Option<(Divergences, u64)> {
        self.world.flow.recordings.iter().flatten().find_map(|recording| match recording {
            Recording::Script(script) if script.market == market => {
                Some((script.divergences, script.next as u64))
            }
            _ => None,
        })
    }
}
