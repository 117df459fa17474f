//! The state machine: `(state, command) -> events`.
//!
//! Each command is validated wholly, then begun, then carried out; what follows from it (stop orders that
//! wake, marks that move, accounts that are liquidated) happens before the next command, in a stated order.
//! The parts of the machine are in the modules beside this one, each an `impl` of [`Exchange`].

#![allow(clippy::indexing_slicing)] // Tables are indexed by numbers that the machine itself handed out.

mod admin;
mod auction;
mod audit;
mod change;
mod consequences;
mod ledger;
mod liquidation;
mod margin;
mod matching;
mod place;
mod settlement;
mod sums;
mod view;

pub use auction::Indicative;
pub(crate) use matching::tag;
pub use view::{AccountView, InstrumentView, OrderView, PositionView, QueuedView};

use std::collections::BTreeSet;

use crate::account::{Account, Position};
use crate::book::{Book, FastBook};
use crate::canary::{Bug, canary};
use crate::codec::CommandRecord;
use crate::command::{AccountModel, Action, Command, CommandKind, Limits, OrderRef};
use crate::event::{EventKind, EventLog, EventRecord};
use crate::idtable::IdTable;
use crate::instrument::Instrument;
use crate::order::Orders;
use crate::reject::Reject;
use crate::table::Table;
use crate::units::{Seq, TimeNs};

/// What is chosen when an exchange is made and never changes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Config {
    /// How accounts are held.
    pub model: AccountModel,
    /// Limits of an account that has none of its own.
    pub limits: Limits,
    /// Part of a position that one liquidation slice closes, in parts per million; above zero.
    pub liquidation_slice_ppm: u32,
    /// How far from the mark a liquidation slice may trade, in parts per million of the mark.
    pub liquidation_reach_ppm: u32,
    /// Mixed into the id tables so that nobody outside can choose ids that collide.
    pub table_seed: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            model: AccountModel::Game,
            limits: Limits::default(),
            liquidation_slice_ppm: 250_000,
            liquidation_reach_ppm: 50_000,
            table_seed: 0,
        }
    }
}

impl Config {
    /// Whether an exchange can be made from it.
    ///
    /// # Errors
    /// The setting that is out of range, and its range, in words.
    pub fn check(&self) -> Result<(), &'static str> {
        if !(1..=1_000_000).contains(&self.liquidation_slice_ppm) {
            return Err("liquidation_slice_ppm must be from 1 to 1000000");
        }
        if self.liquidation_reach_ppm > 1_000_000 {
            return Err("liquidation_reach_ppm must be from 0 to 1000000");
        }
        if !self.limits.are_sound() {
            return Err("a limit is above the core's own maximum");
        }
        Ok(())
    }
}

/// Balances of the system accounts. Wide, because nothing bounds how much passes through them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct System {
    /// Cash minted less cash burned.
    pub(crate) issued: i128,
    /// Worst worth of the lots minted less those burned, in cash units; cash model only.
    pub(crate) issued_worth: i128,
    /// Fees collected less rebates paid.
    pub(crate) fees: i128,
    /// The insurance fund.
    pub(crate) fund: i128,
}

/// An exchange: books, orders, accounts, and the rules between them.
#[derive(Clone, Debug)]
pub struct Exchange<B = FastBook> {
    pub(crate) config: Config,
    pub(crate) clock: i64,
    pub(crate) log: EventLog,
    pub(crate) orders: Orders,
    pub(crate) order_ids: IdTable,
    pub(crate) client_ids: IdTable,
    pub(crate) accounts: Table<Account>,
    pub(crate) positions: Table<Position>,
    pub(crate) position_ids: IdTable,
    pub(crate) instruments: Table<Instrument<B>>,
    pub(crate) expiries: BTreeSet<(i64, u64)>,
    pub(crate) earliest_expiry: i64,
    pub(crate) system: System,
    pub(crate) last_order_id: u64,
    /// Instruments in which something happened that may have consequences.
    pub(crate) touched: Vec<u32>,
    /// Accounts below their maintenance margin, in the order they were found.
    pub(crate) margin_calls: Vec<u32>,
    /// Positions that shrank while reduce-only orders were open on them.
    pub(crate) shrunk: Vec<u32>,
}

impl<B: Book> Exchange<B> {
    /// An empty exchange.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self {
            config,
            clock: i64::MIN,
            log: EventLog::default(),
            orders: Orders::default(),
            order_ids: IdTable::with_seed(config.table_seed),
            client_ids: IdTable::with_seed(config.table_seed),
            accounts: Table::new(Account::new(config.limits)),
            positions: Table::new(Position::default()),
            position_ids: IdTable::with_seed(config.table_seed),
            instruments: Table::new(Instrument::new(crate::command::InstrumentSpec::default())),
            expiries: BTreeSet::new(),
            earliest_expiry: i64::MAX,
            system: System::default(),
            last_order_id: 0,
            touched: Vec::new(),
            margin_calls: Vec::new(),
            shrunk: Vec::new(),
        }
    }

    /// What was chosen when it was made.
    #[must_use]
    pub const fn config(&self) -> Config {
        self.config
    }

    /// Carries out one command. What happened is appended to [`events`](Self::events).
    ///
    /// Returns the number of what the command made or named: an order, an account, an instrument, or how
    /// many orders a mass cancel ended; zero where there is none.
    ///
    /// # Errors
    /// The numbered reason for which the command was refused. Nothing but the event sequence and the
    /// command count has changed.
    pub fn apply(&mut self, command: &Command) -> Result<u64, Reject> {
        let time_ns = command.time.get();
        self.start(time_ns);
        let result = if time_ns < self.clock {
            Err(Reject::TimeWentBack)
        } else {
            self.dispatch(time_ns, &command.action)
        };
        if let Err(reason) = result {
            self.refuse(reason, &command.action);
        }
        result
    }

    /// Carries out one command in its fixed-record form, the fast way in for batches.
    ///
    /// # Errors
    /// As [`apply`](Self::apply); a record that is not well formed is refused with its number.
    #[inline]
    pub fn apply_record(&mut self, record: &CommandRecord) -> Result<u64, Reject> {
        match record.action() {
            Ok(action) => self.apply(&Command { time: TimeNs::new(record.time_ns), action }),
            Err(reason) => {
                self.start(record.time_ns);
                self.log.push(EventRecord {
                    account: record.account,
                    instrument: record.instrument,
                    order_id: record.order_id,
                    counter_id: record.client_order_id,
                    reason: reason.number(),
                    amount: i64::from(record.kind),
                    ..EventRecord::of(EventKind::Rejected)
                });
                Err(reason)
            }
        }
    }

    #[inline(always)]
    fn start(&mut self, time_ns: i64) {
        self.log.command += 1;
        self.log.time_ns = time_ns.max(self.clock);
        if canary(Bug::WallClock) {
            self.log.time_ns = crate::canary::wall_clock_ns();
        }
    }

    #[inline(always)]
    fn dispatch(&mut self, time_ns: i64, action: &Action) -> Result<u64, Reject> {
        match action {
            Action::NewOrder(order) => self.new_order(time_ns, order),
            Action::Cancel { account, order } => self.cancel(time_ns, account.get(), *order),
            Action::Replace(replace) => self.replace(time_ns, replace),
            Action::MassCancel { account, instrument } => {
                self.mass_cancel(time_ns, account.get(), instrument.get())
            }
            Action::OpenAccount => self.open_account(time_ns),
            Action::Deposit { account, asset, amount } => {
                self.deposit(time_ns, account.get(), *asset, *amount)
            }
            Action::Withdraw { account, asset, amount } => {
                self.withdraw(time_ns, account.get(), *asset, *amount)
            }
            Action::ListInstrument(spec) => self.list_instrument(time_ns, spec),
            Action::SetPhase { instrument, phase } => self.set_phase(time_ns, instrument.get(), *phase),
            Action::Uncross { instrument } => self.uncross(time_ns, instrument.get()),
            Action::Settle { instrument, value } => self.settle(time_ns, instrument.get(), value.get()),
            Action::Expire { instrument, spot } => self.expire(time_ns, instrument.get(), spot.get()),
            Action::SetLimits { account, limits } => self.set_limits(time_ns, account.get(), *limits),
            Action::SetBand { instrument, low, high, reference } => {
                self.set_band(time_ns, instrument.get(), low.get(), high.get(), reference.get())
            }
            Action::SetIncrements { instrument, price_step, lot_step } => {
                self.set_increments(time_ns, instrument.get(), *price_step, *lot_step)
            }
            Action::SetMark { instrument, price } => self.set_mark(time_ns, instrument.get(), price.get()),
            Action::SetStatus { account, status } => self.set_status(time_ns, account.get(), *status),
            Action::AdvanceClock => self.advance_clock(time_ns),
        }
    }

    /// Writes the event of a refused command.
    #[cold]
    fn refuse(&mut self, reason: Reject, action: &Action) {
        self.log.sequence += u64::from(canary(Bug::SequenceSkipsOnReject));
        if canary(Bug::RejectMovesClock) {
            self.clock = self.log.time_ns;
        }
        let mut event = EventRecord { reason: reason.number(), ..EventRecord::of(EventKind::Rejected) };
        event.amount = i64::from(action.kind() as u8);
        let name = |event: &mut EventRecord, order: &OrderRef| match order {
            OrderRef::Id(id) => event.order_id = id.get(),
            OrderRef::Client(id) => event.counter_id = *id,
        };
        match action {
            Action::NewOrder(order) => {
                event.account = order.account.get();
                event.instrument = order.instrument.get();
                event.counter_id = order.client_order_id;
                event.side = order.side as u8;
                event.price = order.price.get();
                event.quantity = order.quantity.get();
            }
            Action::Cancel { account, order } => {
                event.account = account.get();
                name(&mut event, order);
            }
            Action::Replace(replace) => {
                event.account = replace.account.get();
                event.price = replace.price.get();
                event.quantity = replace.quantity.get();
                name(&mut event, &replace.order);
            }
            Action::MassCancel { account, instrument } => {
                event.account = account.get();
                event.instrument = instrument.get();
            }
            Action::Deposit { account, amount, .. } | Action::Withdraw { account, amount, .. } => {
                event.account = account.get();
                event.quantity = *amount;
            }
            Action::SetLimits { account, .. } | Action::SetStatus { account, .. } => {
                event.account = account.get();
            }
            Action::SetPhase { instrument, .. }
            | Action::Uncross { instrument }
            | Action::SetIncrements { instrument, .. }
            | Action::SetBand { instrument, .. } => event.instrument = instrument.get(),
            Action::Settle { instrument, value: price }
            | Action::Expire { instrument, spot: price }
            | Action::SetMark { instrument, price } => {
                event.instrument = instrument.get();
                event.price = price.get();
            }
            Action::OpenAccount | Action::ListInstrument(_) | Action::AdvanceClock => {}
        }
        self.log.push(event);
    }

    /// The point of no return of a command: the clock moves, and what is over by now expires.
    #[inline(always)]
    pub(crate) fn begin(&mut self, time_ns: i64) {
        self.clock = time_ns;
        if self.earliest_expiry <= time_ns {
            self.expire_due();
        }
    }

    fn advance_clock(&mut self, time_ns: i64) -> Result<u64, Reject> {
        self.begin(time_ns);
        self.log.push(EventRecord::of(EventKind::ClockAdvanced));
        self.follow_up();
        Ok(0)
    }

    /// What happened since the events were last taken or cleared.
    #[must_use]
    pub fn events(&self) -> &[EventRecord] {
        &self.log.arena
    }

    /// Forgets the events that were read; the memory stays.
    pub fn clear_events(&mut self) {
        self.log.arena.clear();
    }

    /// Gives the machine another arena to write events into and returns the one it had.
    pub fn swap_events(&mut self, arena: Vec<EventRecord>) -> Vec<EventRecord> {
        core::mem::replace(&mut self.log.arena, arena)
    }

    /// The time of the last command that was carried out; the lowest possible before the first.
    #[must_use]
    pub const fn clock(&self) -> TimeNs {
        TimeNs::new(self.clock)
    }

    /// The sequence number of the last event.
    #[must_use]
    pub const fn sequence(&self) -> Seq {
        Seq::new(self.log.sequence)
    }

    /// How many commands were given, refused ones counted.
    #[must_use]
    pub const fn commands(&self) -> u64 {
        self.log.command
    }

    /// The running hash over every event so far.
    #[must_use]
    pub const fn event_hash(&self) -> u64 {
        self.log.hash.value()
    }

    /// Runs commands from a driver, handing it the events of each before it chooses the next.
    ///
    /// This is the hook of the simulation kernel: no command or event is copied or boxed on the way.
    /// Returns how many commands were carried out.
    pub fn drive(&mut self, driver: &mut impl Driver) -> u64 {
        let mut count = 0;
        self.log.arena.clear();
        while let Some(command) = driver.next_command() {
            let result = self.apply(&command);
            driver.on_events(result, &self.log.arena);
            self.log.arena.clear();
            count += 1;
        }
        count
    }
}

/// What decides the next command when the machine is driven from Rust.
pub trait Driver {
    /// The next command, or `None` to stop.
    fn next_command(&mut self) -> Option<Command>;

    /// The result of the last command and everything that happened because of it.
    fn on_events(&mut self, result: Result<u64, Reject>, events: &[EventRecord]);
}

/// Whether a fixed record can carry a command of this kind.
#[must_use]
pub const fn fits_record(kind: CommandKind) -> bool {
    !matches!(
        kind,
        CommandKind::ListInstrument
            | CommandKind::SetLimits
            | CommandKind::SetBand
            | CommandKind::SetIncrements
    )
}
