//! What stands behind an `Exchange`: the machine, the events that it lends, and how a command gets in.

use exchange::Exchange as Machine;
use exchange::book::FastBook;
use exchange::codec::CommandRecord;
use exchange::command::{Action, Command, CommandKind};
use exchange::units::{NO_PRICE, TimeNs};
use pyo3::prelude::*;

use crate::arguments::{integer, integer_or};
use crate::buffers::Pool;
use crate::errors::Guarded;
use crate::journal::tap::{Refusal, Shut, Tap};

pub(crate) type Any<'a, 'py> = &'a Bound<'py, PyAny>;
pub(crate) type Maybe<'a, 'py> = Option<&'a Bound<'py, PyAny>>;

/// What Python works on.
pub(crate) struct Core {
    pub(crate) machine: Machine<FastBook>,
    pool: Pool,
    /// The array that shows the events of the last call, once it was asked for.
    shown: Option<Py<PyAny>>,
    /// Where each command is kept for a journal, if anywhere.
    pub(crate) tap: Option<Box<Tap>>,
}

impl Core {
    pub(crate) fn new(machine: Machine<FastBook>) -> Self {
        Self { machine, pool: Pool::default(), shown: None, tap: None }
    }

    /// Makes room for the events of the next call.
    #[inline(always)]
    pub(crate) fn begin(&mut self) {
        if self.shown.take().is_some() {
            let arena = self.pool.vector();
            self.machine.swap_events(arena);
        } else {
            self.machine.clear_events();
        }
    }

    #[inline(always)]
    pub(crate) fn record(&mut self, record: &mut CommandRecord, time: Option<i64>) -> Result<u64, Refusal> {
        self.begin();
        record.time_ns = time.unwrap_or_else(|| self.now());
        match &mut self.tap {
            None => self.machine.apply_record(record).map_err(Refusal::Market),
            Some(tap) => {
                tap.admit(1)?;
                tap.record(&mut self.machine, record).map_err(Refusal::Market)
            }
        }
    }

    /// Carries out a command that no record holds.
    pub(crate) fn action(&mut self, action: Action, time: Option<i64>) -> Result<u64, Refusal> {
        self.begin();
        let command = Command { time: TimeNs::new(time.unwrap_or_else(|| self.now())), action };
        match &mut self.tap {
            None => self.machine.apply(&command).map_err(Refusal::Market),
            Some(tap) => {
                tap.admit(1)?;
                tap.command(&mut self.machine, &command).map_err(Refusal::Market)
            }
        }
    }

    /// Works without the interpreter's lock. Returns, besides what came of it, an array that is no longer true, for
    /// the caller to let go with the lock held.
    pub(crate) fn detached<R>(&mut self, work: impl FnOnce(&mut Self) -> R) -> (R, Option<Py<PyAny>>) {
        let stale = self.shown.take();
        self.machine.clear_events();
        (work(self), stale)
    }

    /// Carries out a batch. A refusal by the market is an event like any other.
    pub(crate) fn batch(&mut self, records: &[CommandRecord]) -> Result<(), Shut> {
        match &mut self.tap {
            None => {
                for record in records {
                    let _ = self.machine.apply_record(record);
                }
            }
            Some(tap) => {
                tap.admit(records.len())?;
                for record in records {
                    let _ = tap.record(&mut self.machine, record);
                }
            }
        }
        Ok(())
    }

    /// The time of a command that names none: that of the last one.
    #[inline(always)]
    pub(crate) fn now(&self) -> i64 {
        match self.machine.clock().get() {
            i64::MIN => 0,
            clock => clock,
        }
    }

    /// The events of the last call, shown without copying.
    pub(crate) fn show<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        if let Some(shown) = &self.shown {
            return Ok(shown.bind(py).clone());
        }
        let events = self.machine.swap_events(Vec::new());
        let array = self.pool.lend(py, events)?;
        self.shown = Some(array.clone().unbind());
        Ok(array)
    }
}

/// A deterministic exchange: accounts, instruments, books and the rules between them.
#[pyclass(frozen, module = "crossbook.core")]
pub(crate) struct Exchange(pub(crate) Guarded<Core>);

impl Exchange {
    pub(crate) fn of(machine: Machine<FastBook>) -> Self {
        Self(Guarded::new(Core::new(machine)))
    }

    /// Carries out a command that fits a record; the refusal is raised.
    #[inline(always)]
    pub(crate) fn carry_out(&self, mut record: CommandRecord, time: Option<i64>) -> PyResult<u64> {
        Ok(self.0.with(|core| core.record(&mut record, time))??)
    }

    /// As [`carry_out`](Self::carry_out), but the refusal is returned as its number below zero.
    #[inline(always)]
    pub(crate) fn attempt(&self, mut record: CommandRecord, time: Option<i64>) -> PyResult<i64> {
        match self.0.with(|core| core.record(&mut record, time))? {
            Ok(number) => Ok(number.cast_signed()),
            Err(Refusal::Market(reason)) => Ok(-i64::from(reason.number())),
            Err(Refusal::Shut(shut)) => Err(shut.into()),
        }
    }

    /// Carries out a command that no record holds.
    pub(crate) fn carry_out_action(&self, action: Action, time: Option<i64>) -> PyResult<u64> {
        Ok(self.0.with(|core| core.action(action, time))??)
    }

    pub(crate) fn look<R>(&self, look: impl FnOnce(&Machine<FastBook>) -> R) -> PyResult<R> {
        Ok(self.0.with(|core| look(&core.machine))?)
    }
}

#[inline(always)]
pub(crate) fn time_of(time_ns: Maybe<'_, '_>) -> PyResult<Option<i64>> {
    time_ns.map(|time| integer(time, "time_ns")).transpose()
}

#[inline(always)]
pub(crate) fn record_of(kind: CommandKind) -> CommandRecord {
    CommandRecord { kind: kind as u8, price: NO_PRICE, stop_price: NO_PRICE, ..CommandRecord::default() }
}

#[inline(always)]
pub(crate) fn named(
    kind: CommandKind,
    account: Any<'_, '_>,
    order_id: Maybe<'_, '_>,
    client: Maybe<'_, '_>,
) -> PyResult<CommandRecord> {
    Ok(CommandRecord {
        account: integer(account, "account")?,
        order_id: integer_or(order_id, 0, "order_id")?,
        client_order_id: integer_or(client, 0, "client_order_id")?,
        ..record_of(kind)
    })
}
