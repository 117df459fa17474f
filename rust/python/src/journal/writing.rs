//! `Journal`: a journal that is open for writing, and the exchange that it writes for.

use std::hash::{BuildHasher, RandomState};
use std::os::fd::AsRawFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use exchange::book::FastBook;
use exchange::command::AccountModel;
use exchange::{Config, Exchange as Machine};
use journal::{Disk, Durability, JournalError, Options, Pipeline, QUEUE_BYTES_MAX, Refused, Storage};
use pyo3::prelude::*;

use super::faults::fault;
use super::replay::{Beginning, Goal, advance};
use super::tap::{Shut, Tap};
use super::wake::{Ear, bell};
use crate::arguments::integer_or;
use crate::core::{Core, Exchange, Maybe};
use crate::errors::{ConfigError, JournalFailure, TransientError, UsageError};
use crate::exchange::limits_of;

/// Where this much waits for the disk, no command is accepted until it is less.
const ACCEPTED_BYTES_MAX: usize = QUEUE_BYTES_MAX / 2;
/// How long the end waits for the writer before it looks again, where more is left than the writer takes at once.
const CLOSING_WAIT: Duration = Duration::from_millis(1);
/// Sizes of a segment that may be asked for: smaller ones would be all headers, larger ones slow to read.
const SEGMENT_BYTES: std::ops::RangeInclusive<u64> = 1 << 12..=1 << 32;

/// What was found when a journal was opened.
#[pyclass(frozen, get_all, module = "crossbook.core")]
pub(crate) struct Recovered {
    created: bool,
    commands: u64,
    sequence: u64,
    replayed: u64,
    snapshot_sequence: u64,
    snapshots_unusable: u64,
    cut_bytes: u64,
}

/// A journal that is open for writing.
#[pyclass(frozen, module = "crossbook.core")]
pub(crate) struct Journal {
    directory: String,
    #[pyo3(get)]
    exchange: Py<Exchange>,
    #[pyo3(get)]
    recovered: Py<Recovered>,
    ear: Ear,
    /// Nothing once the journal is closed.
    pipeline: Mutex<Option<Pipeline>>,
    /// The last ticket that was safe, for whoever asks after the end.
    last_durable: Mutex<u64>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What was asked for a new journal, and what of it an old one must agree with.
struct Settings {
    model: Option<AccountModel>,
    max_order_lots: Option<u64>,
    max_position_lots: Option<u64>,
    max_open_orders: Option<u32>,
    table_seed: u64,
}

impl Settings {
    fn config(&self) -> PyResult<Config> {
        let config = Config {
            model: self.model.unwrap_or(AccountModel::Cash),
            limits: exchange::command::Limits {
                order_lots: self.max_order_lots.unwrap_or(0),
                position_lots: self.max_position_lots.unwrap_or(0),
                open_orders: self.max_open_orders.unwrap_or(0),
            },
            table_seed: self.table_seed,
            ..Config::default()
        };
        config.check().map_err(UsageError::new_err)?;
        Ok(config)
    }

    /// Sees that a journal was begun with the settings that were given; those left out may be any.
    fn agree(&self, config: Config, directory: &str) -> PyResult<()> {
        let limits = config.limits;
        let differs = |asked: Option<u64>, has: u64| asked.is_some_and(|asked| asked != has);
        let wrong = [
            ("model", self.model.is_some_and(|model| model != config.model)),
            ("max_order_lots", differs(self.max_order_lots, limits.order_lots)),
            ("max_position_lots", differs(self.max_position_lots, limits.position_lots)),
            ("max_open_orders", self.max_open_orders.is_some_and(|open| open != limits.open_orders)),
        ];
        match wrong.iter().find(|(_, wrong)| *wrong) {
            None => Ok(()),
            Some((name, _)) => Err(ConfigError::new_err(format!(
                "the journal in {directory} was begun with another {name}, which cannot be changed: it has model {}, \
                 order_lots {}, position_lots {}, open_orders {}",
                config.model as u8, limits.order_lots, limits.position_lots, limits.open_orders
            ))),
        }
    }
}

#[pymethods]
impl Journal {
    /// Open a directory: recover what it holds, or begin a journal where there is none.
    #[staticmethod]
    #[pyo3(signature = (directory, *, model=None, max_order_lots=None, max_position_lots=None,
        max_open_orders=None, table_seed=None, durability=None, newest_sequence=None, segment_bytes=None))]
    #[allow(clippy::too_many_arguments)] // What an exchange is made with, and how it is kept.
    fn open(
        py: Python<'_>,
        directory: String,
        model: Maybe<'_, '_>,
        max_order_lots: Maybe<'_, '_>,
        max_position_lots: Maybe<'_, '_>,
        max_open_orders: Maybe<'_, '_>,
        table_seed: Maybe<'_, '_>,
        durability: Option<&str>,
        newest_sequence: Maybe<'_, '_>,
        segment_bytes: Maybe<'_, '_>,
    ) -> PyResult<Self> {
        let limits = limits_of(max_order_lots, max_position_lots, max_open_orders)?;
        let settings = Settings {
            model: model.map(|model| model_of(model)).transpose()?,
            max_order_lots: max_order_lots.map(|_| limits.order_lots),
            max_position_lots: max_position_lots.map(|_| limits.position_lots),
            max_open_orders: max_open_orders.map(|_| limits.open_orders),
            table_seed: integer_or(table_seed, 0, "table_seed")?,
        };
        let durability = durability_of(durability)?;
        let newest_sequence = integer_or(newest_sequence, u64::MAX, "newest_sequence")?;
        let options = options_of(segment_bytes)?;
        Self::recover(py, directory, &settings, durability, newest_sequence, options)
    }

    /// Keep bytes that the core never sees, before the next command and in the same batch.
    #[pyo3(signature = (payload, /, ahead=0))]
    fn note(&self, payload: &[u8], ahead: u32) -> PyResult<()> {
        self.exchange.get().0.with(|core| {
            let Core { machine, tap, .. } = core;
            tap.as_deref_mut().ok_or_else(closed)?.note(machine, payload, ahead)
        })?
    }

    /// Hand everything since the last commit to the writer; return the number of the last command.
    fn commit(&self) -> PyResult<u64> {
        self.with_pipeline(|core, pipeline| {
            let Core { machine, tap, .. } = core;
            if let Some(tap) = tap {
                tap.commit(machine, pipeline)?;
            }
            Ok(machine.commands())
        })
    }

    /// The highest ticket that is safe.
    #[getter]
    fn durable(&self) -> u64 {
        locked(&self.pipeline).as_ref().map_or_else(|| *locked(&self.last_durable), Pipeline::durable)
    }

    /// Whether a command that is carried out now can be written.
    #[getter]
    fn accepts(&self) -> PyResult<bool> {
        let free = locked(&self.pipeline).as_ref().is_some_and(|pipeline| {
            pipeline.failure().is_none()
                && !pipeline.is_full()
                && pipeline.waiting_bytes() <= ACCEPTED_BYTES_MAX
        });
        Ok(free && !self.exchange.get().0.with(|core| core.tap.as_ref().is_some_and(|tap| tap.waits()))?)
    }

    /// Why the last snapshot could not be written, or `None`.
    #[getter]
    fn snapshot_failure(&self) -> Option<String> {
        let pipeline = locked(&self.pipeline);
        pipeline.as_ref().and_then(Pipeline::snapshot_failure).map(|error| error.to_string())
    }

    /// Return a file descriptor that can be read when something has moved.
    fn fileno(&self) -> PyResult<i32> {
        if locked(&self.pipeline).is_none() {
            return Err(closed());
        }
        Ok(self.ear.pipe.as_raw_fd())
    }

    /// Take back what the file descriptor told, try again what waits, and return `durable`.
    fn collect(&self) -> PyResult<u64> {
        if locked(&self.pipeline).is_none() {
            return Err(closed());
        }
        self.ear.hear().map_err(|error| JournalFailure::new_err(error.to_string()))?;
        self.with_pipeline(|core, pipeline| {
            if let Some(error) = pipeline.failure() {
                return Err(error);
            }
            if let Some(tap) = &mut core.tap {
                tap.hand_over(pipeline)?;
            }
            Ok(pipeline.durable())
        })
    }

    /// Commit, and have the writer save the state as it is now.
    fn snapshot(&self) -> PyResult<()> {
        let taken = self.with_pipeline(|core, pipeline| {
            let Core { machine, tap, .. } = core;
            let Some(tap) = tap else { return Ok(false) };
            tap.commit(machine, pipeline)?;
            if tap.waits() || pipeline.is_full() || pipeline.is_snapshotting() {
                return Ok(false);
            }
            match pipeline.snapshot(machine.sequence().get(), machine.snapshot()) {
                Ok(()) => Ok(true),
                Err(Refused::Busy) => Ok(false),
                Err(Refused::Failed(error)) => Err(error),
            }
        })?;
        if taken {
            return Ok(());
        }
        Err(TransientError::new_err(
            "the writer is busy with another snapshot or far behind; try again later",
        ))
    }

    /// Commit, wait until all is written and synced, and let the directory go.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        let Some(pipeline) = locked(&self.pipeline).take() else { return Ok(()) };
        let exchange = &self.exchange.get().0;
        let committed = py.detach(|| exchange.with(|core| commit_last(core, &pipeline)));
        let durable = pipeline.durable();
        let closed = py.detach(|| pipeline.close());
        *locked(&self.last_durable) = match (&committed, &closed) {
            (Ok(Ok(last)), Ok(())) => *last,
            _ => durable,
        };
        committed?.and(closed).map_err(|error| fault(&error, &self.directory))
    }
}

impl Journal {
    fn recover(
        py: Python<'_>,
        directory: String,
        settings: &Settings,
        durability: Durability,
        newest_sequence: u64,
        options: Options,
    ) -> PyResult<Self> {
        let config = settings.config()?;
        let raised = |error: JournalError| fault(&error, &directory);
        let (begun, opened) = py.detach(|| {
            let storage: Arc<dyn Storage> = Arc::new(
                Disk::create(&directory)
                    .map_err(|error| ConfigError::new_err(format!("cannot make {directory}: {error}")))?,
            );
            let genesis = || Machine::<FastBook>::new(config).snapshot();
            let opened = journal::Journal::create_or_recover(Arc::clone(&storage), &genesis, options);
            let opened = opened.map_err(raised)?;
            PyResult::Ok((Beginning::find(&storage, newest_sequence, &directory)?, opened))
        })?;
        settings.agree(begun.machine.config(), &directory)?;
        let exchange = Exchange::of(begun.machine);
        let mut replay = begun.replay;
        let replayed = advance(py, &exchange.0, &mut replay, &directory, Goal::END, None)?;
        let (commands, sequence) = exchange.0.with(|core| {
            core.tap = Some(Box::default());
            (core.machine.commands(), core.machine.sequence().get())
        })?;
        let recovered = Recovered {
            created: opened.report.created,
            commands,
            sequence,
            replayed,
            snapshot_sequence: begun.snapshot_sequence,
            snapshots_unusable: begun.unusable,
            cut_bytes: opened.report.cut_bytes,
        };
        let (ring, ear) = bell().map_err(|error| JournalFailure::new_err(error.to_string()))?;
        let wake = Box::new(move || ring.ring());
        let pipeline = Pipeline::start(opened.writer, durability, commands, wake).map_err(raised)?;
        Ok(Self {
            exchange: Py::new(py, exchange)?,
            recovered: Py::new(py, recovered)?,
            ear,
            pipeline: Mutex::new(Some(pipeline)),
            last_durable: Mutex::new(commands),
            directory,
        })
    }

    fn with_pipeline<R>(
        &self,
        work: impl FnOnce(&mut Core, &Pipeline) -> Result<R, JournalError>,
    ) -> PyResult<R> {
        let pipeline = locked(&self.pipeline);
        let pipeline = pipeline.as_ref().ok_or_else(closed)?;
        let done = self.exchange.get().0.with(|core| work(core, pipeline))?;
        done.map_err(|error| fault(&error, &self.directory))
    }
}

/// Hands over what is left, and lets no further command in; returns the number of the last.
fn commit_last(core: &mut Core, pipeline: &Pipeline) -> Result<u64, JournalError> {
    let Core { machine, tap, .. } = core;
    let last = core::mem::replace(tap, Some(Box::new(Tap::shut(Shut::Closed))));
    if let Some(mut tap) = last {
        tap.commit(machine, pipeline)?;
        while tap.waits() {
            if pipeline.is_full() {
                return Err(JournalError::Full { file: "its newest segment".to_owned() });
            }
            std::thread::sleep(CLOSING_WAIT);
            tap.hand_over(pipeline)?;
        }
    }
    Ok(machine.commands())
}

#[cold]
fn closed() -> PyErr {
    UsageError::new_err("the journal is closed")
}

fn model_of(model: &Bound<'_, PyAny>) -> PyResult<AccountModel> {
    AccountModel::from_u8(crate::arguments::integer(model, "model")?)
        .ok_or_else(|| UsageError::new_err("model must be a member of AccountModel"))
}

fn durability_of(durability: Option<&str>) -> PyResult<Durability> {
    match durability {
        None | Some("durable") => Ok(Durability::Durable),
        Some("memory") => Ok(Durability::MEMORY),
        Some(_) => Err(UsageError::new_err("durability must be \"durable\" or \"memory\"")),
    }
}

fn options_of(segment_bytes: Maybe<'_, '_>) -> PyResult<Options> {
    let default = Options::default();
    let segment_bytes = integer_or(segment_bytes, default.segment_bytes, "segment_bytes")?;
    if !SEGMENT_BYTES.contains(&segment_bytes) {
        let (low, high) = SEGMENT_BYTES.into_inner();
        return Err(UsageError::new_err(format!(
            "segment_bytes must be from {low} to {high}, not {segment_bytes}"
        )));
    }
    // Two journals that begin alike must not be taken for one another.
    let identity = RandomState::new().hash_one(segment_bytes);
    Ok(Options { segment_bytes, identity })
}
