//! `Simulation`: a run of the kernel with traders that are written in Python.
//!
//! The kernel comes to rest where such a trader is due; the loop here calls it with the interpreter's lock, and
//! lets go of the lock while native work goes on for longer.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use kernel::{Call, Due, NoteKind, Outcome, Simulation, Spec};
use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::buffers::array_of;
use crate::context::Context;
use crate::errors::{Fault, Guarded, UsageError};
use crate::random::Random;
use crate::seen::{Book, Fill, OrderUpdate, Trade};

/// Steps that are made with the lock held, before it is worth letting go of it.
const STEPS_WITH_LOCK: u64 = 64;
/// Steps after which a signal is looked for.
const STEPS_WITHOUT_LOCK: u64 = 1 << 16;
/// Calls of traders after which a signal is looked for: traders may have no method that runs any Python.
const CALLS_BETWEEN_SIGNALS: u32 = 1 << 12;

/// A simulation that a class, its contexts and their streams share.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Guarded<Simulation>>);

impl Shared {
    #[inline(always)]
    pub(crate) fn with<R>(&self, work: impl FnOnce(&mut Simulation) -> R) -> Result<R, Fault> {
        self.0.with(work)
    }
}

/// A market as Python names it.
pub(crate) struct Market {
    pub(crate) number: u16,
    pub(crate) name: Py<PyString>,
}

/// The names of timers, which the kernel knows by number.
#[derive(Clone, Default)]
pub(crate) struct Timers(Arc<Mutex<TimerNames>>);

#[derive(Default)]
struct TimerNames {
    names: Vec<Py<PyString>>,
    numbers: HashMap<String, u32>,
}

/// Most names of timers in one simulation.
const TIMER_NAMES_MAX: usize = 1 << 20;

impl Timers {
    pub(crate) fn number(&self, name: &Bound<'_, PyString>) -> PyResult<u32> {
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Nearly always it is the very object that was named before.
        if let Some(place) = table.names.iter().take(8).position(|known| known.is(name)) {
            return Ok(u32::try_from(place).unwrap_or(0));
        }
        let text = name.to_str()?;
        if let Some(&number) = table.numbers.get(text) {
            return Ok(number);
        }
        if table.names.len() >= TIMER_NAMES_MAX {
            return Err(UsageError::new_err(format!(
                "a simulation has at most {TIMER_NAMES_MAX} names of timers"
            )));
        }
        let number = u32::try_from(table.names.len()).unwrap_or(0);
        table.numbers.insert(text.to_owned(), number);
        table.names.push(name.clone().unbind());
        Ok(number)
    }

    fn name(&self, py: Python<'_>, number: u32) -> Option<Py<PyString>> {
        let table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        table.names.get(number as usize).map(|name| name.clone_ref(py))
    }
}

/// A trader: its context, and those of its methods that do something.
struct Mind {
    context: Py<Context>,
    on_start: Option<Py<PyAny>>,
    on_timer: Option<Py<PyAny>>,
    on_book: Option<Py<PyAny>>,
    on_trade: Option<Py<PyAny>>,
    on_fill: Option<Py<PyAny>>,
    on_order: Option<Py<PyAny>>,
    on_news: Option<Py<PyAny>>,
    on_phase: Option<Py<PyAny>>,
}

/// A simulation with traders written in Python.
#[pyclass(frozen, name = "Simulation", module = "crossbook.core._native.kernel")]
pub(crate) struct NativeSimulation {
    pub(crate) shared: Shared,
    timers: Timers,
    names: Vec<Py<PyString>>,
    /// By the number of the agent.
    minds: Mutex<Vec<Option<Arc<Mind>>>>,
    /// Whether it runs just now: a trader that is called cannot run it further.
    running: AtomicBool,
    /// The agent that raised, and when.
    failed: Mutex<Option<(String, i64)>>,
}

#[pymethods]
impl NativeSimulation {
    #[new]
    #[pyo3(signature = (spec, /))]
    fn new(py: Python<'_>, spec: &str) -> PyResult<Self> {
        let fresh = Guarded::new(());
        let made = py.detach(|| {
            fresh.with(|()| {
                let spec = Spec::from_json(spec).map_err(|error| error.to_string())?;
                Simulation::new(&spec).map_err(|error| error.to_string())
            })
        })?;
        Ok(Self::of(py, made.map_err(UsageError::new_err)?))
    }

    /// Return a copy of the simulation as it stands, without traders: connect them again.
    fn fork(&self, py: Python<'_>) -> PyResult<Self> {
        let fork = self.shared.with(|simulation| simulation.clone())?;
        let mut made = Self::of(py, fork);
        made.timers = self.timers.clone();
        Ok(made)
    }

    /// Make a trader the mind of an agent; return its context.
    #[pyo3(signature = (agent, methods, *, follows_orders=true, like=None))]
    fn connect(
        &self,
        py: Python<'_>,
        agent: u32,
        methods: &Bound<'_, PyDict>,
        follows_orders: bool,
        like: Option<&Bound<'_, Context>>,
    ) -> PyResult<Py<Context>> {
        let (name, home, markets) = self
            .shared
            .with(|simulation| {
                let name = simulation.agent_name(agent)?;
                let context = simulation.context(agent);
                Some((name, context.home(), context.markets().to_vec()))
            })?
            .ok_or_else(|| UsageError::new_err(format!("there is no agent {agent}")))?;
        let market =
            |number: u16| -> PyResult<Market> { Ok(Market { number, name: self.symbol(py, number)? }) };
        let others: PyResult<Vec<Market>> =
            markets.into_iter().filter(|&number| number != home).map(market).collect();
        let markets = (market(home)?, others?);
        let name = PyString::new(py, &name).unbind();
        let rng = Py::new(py, Random { shared: self.shared.clone(), agent })?;
        let helpers = (self.timers.clone(), rng);
        let context = Context::new(self.shared.clone(), agent, name, markets, helpers, follows_orders);
        if let Some(like) = like {
            context.adopt(like.get());
        }
        let context = Py::new(py, context)?;
        let method =
            |name: &str| -> PyResult<Option<Py<PyAny>>> { Ok(methods.get_item(name)?.map(Bound::unbind)) };
        let mind = Mind {
            context: context.clone_ref(py),
            on_start: method("on_start")?,
            on_timer: method("on_timer")?,
            on_book: method("on_book")?,
            on_trade: method("on_trade")?,
            on_fill: method("on_fill")?,
            on_order: method("on_order")?,
            on_news: method("on_news")?,
            on_phase: method("on_phase")?,
        };
        let mut minds = self.minds.lock().unwrap_or_else(PoisonError::into_inner);
        let place = agent as usize;
        if minds.len() <= place {
            minds.resize_with(place + 1, || None);
        }
        let before = minds.get_mut(place).and_then(|seat| seat.replace(Arc::new(mind)));
        drop(minds);
        // Only now: taking leave of the mind before may run Python.
        drop(before);
        Ok(context)
    }

    /// Run until a time is reached or so many steps are done: 0 reached, 1 paused, 2 ended.
    #[pyo3(signature = (until_ns=i64::MAX, steps=u64::MAX))]
    fn advance(&self, py: Python<'_>, until_ns: i64, steps: u64) -> PyResult<u8> {
        if self.running.swap(true, Ordering::Acquire) {
            return Err(UsageError::new_err("the simulation is running, and a trader cannot run it further"));
        }
        let ended = self.run(py, until_ns, steps);
        self.running.store(false, Ordering::Release);
        ended
    }

    /// Do something to the simulation where it stands; return the number of a new group's first agent, or of the news.
    #[pyo3(signature = (what, /))]
    fn intervene(&self, py: Python<'_>, what: &str) -> PyResult<u32> {
        if self.running.swap(true, Ordering::Acquire) {
            return Err(UsageError::new_err("the simulation is running, and a trader cannot change it"));
        }
        let done = py.detach(|| self.shared.with(|simulation| simulation.intervene(what)));
        self.running.store(false, Ordering::Release);
        done?.map_err(|error| UsageError::new_err(error.to_string()))
    }

    /// The name of the agent that raised, and when in nanoseconds; none if none did.
    #[getter]
    fn failed(&self) -> Option<(String, i64)> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The simulated time in nanoseconds.
    #[getter]
    fn now(&self) -> PyResult<i64> {
        Ok(self.shared.with(|simulation| simulation.now())?)
    }

    /// When the simulation ends, in nanoseconds.
    #[getter]
    fn end(&self) -> PyResult<i64> {
        Ok(self.shared.with(|simulation| simulation.end())?)
    }

    /// Return how many steps were made, and how many calls to agents.
    fn counts(&self) -> PyResult<(u64, u64)> {
        Ok(self.shared.with(|simulation| simulation.counts())?)
    }

    /// Return how many recorded rows wait to be taken.
    fn waiting(&self) -> PyResult<usize> {
        Ok(self.shared.with(|simulation| simulation.recorder().rows())?)
    }

    /// Return the events recorded of a venue since the last call, as an array of `EVENT`.
    fn take_events<'py>(&self, py: Python<'py>, venue: usize) -> PyResult<Bound<'py, PyAny>> {
        array_of(py, self.shared.with(|simulation| simulation.take_events(venue))?)
    }

    /// Return the changes of best prices since the last call, as an array of `QUOTE`.
    fn take_quotes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        array_of(py, self.shared.with(|simulation| std::mem::take(&mut simulation.recorder().quote_rows))?)
    }

    /// Return the samples since the last call, as an array of `SAMPLE`.
    fn take_samples<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        array_of(py, self.shared.with(|simulation| std::mem::take(&mut simulation.recorder().samples))?)
    }
}

impl NativeSimulation {
    fn of(py: Python<'_>, simulation: Simulation) -> Self {
        let names =
            simulation.markets().iter().map(|market| PyString::intern(py, &market.name).unbind()).collect();
        Self {
            shared: Shared(Arc::new(Guarded::new(simulation))),
            timers: Timers::default(),
            names,
            minds: Mutex::default(),
            running: AtomicBool::new(false),
            failed: Mutex::default(),
        }
    }

    fn run(&self, py: Python<'_>, until_ns: i64, steps: u64) -> PyResult<u8> {
        let (begun, _) = self.shared.with(|simulation| simulation.counts())?;
        let last = begun.saturating_add(steps);
        let mut foreign = true;
        let mut calls = 0_u32;
        loop {
            let (outcome, done) = if foreign {
                self.stretch(until_ns, last, STEPS_WITH_LOCK)?
            } else {
                let stretch = py.detach(|| self.stretch(until_ns, last, STEPS_WITHOUT_LOCK))?;
                py.check_signals()?;
                stretch
            };
            foreign = matches!(outcome, Outcome::Call(_));
            match outcome {
                Outcome::Call(call) => {
                    self.call(py, call)?;
                    calls = calls.wrapping_add(1);
                    if calls.is_multiple_of(CALLS_BETWEEN_SIGNALS) {
                        py.check_signals()?;
                    }
                }
                Outcome::Reached => return Ok(0),
                Outcome::Ended => return Ok(2),
                Outcome::Paused if done >= last => return Ok(1),
                Outcome::Paused => {}
            }
        }
    }

    /// A stretch of steps, no longer than allowed; how many were made in all by then.
    fn stretch(&self, until_ns: i64, last: u64, steps: u64) -> Result<(Outcome, u64), Fault> {
        self.shared.with(|simulation| {
            let (done, _) = simulation.counts();
            let outcome = simulation.advance(until_ns, steps.min(last.saturating_sub(done)));
            (outcome, simulation.counts().0)
        })
    }

    fn call(&self, py: Python<'_>, call: Call) -> PyResult<()> {
        let mind = {
            let minds = self.minds.lock().unwrap_or_else(PoisonError::into_inner);
            minds.get(call.agent as usize).cloned().flatten()
        };
        let Some(mind) = mind else { return Ok(()) };
        self.call_mind(py, &mind, call).inspect_err(|error| {
            // An interrupt by whoever sits before it is no failure of the trader.
            if error.is_instance_of::<PyException>(py) {
                let now = self.shared.with(|simulation| simulation.now()).unwrap_or(0);
                let name = mind.context.get().name.bind(py).to_string();
                *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some((name, now));
            }
        })
    }

    #[inline(always)]
    fn call_mind(&self, py: Python<'_>, mind: &Mind, call: Call) -> PyResult<()> {
        let context = &mind.context;
        match call.due {
            Due::Start => {
                if let Some(method) = &mind.on_start {
                    method.call1(py, (context,))?;
                }
            }
            Due::Timer(number) => {
                if let Some(method) = &mind.on_timer {
                    method.call1(py, (context, self.timers.name(py, number)))?;
                }
            }
            Due::Book(market) => {
                if let Some(method) = &mind.on_book {
                    let quote =
                        self.shared.with(|simulation| simulation.context(call.agent).quote(market))?;
                    let (shared, symbol) = (self.shared.clone(), self.symbol(py, market)?);
                    method.call1(py, (context, Book { shared, agent: call.agent, market, symbol, quote }))?;
                }
            }
            Due::Note(note) => {
                context.get().learn(&note);
                let symbol = || self.symbol(py, note.market);
                match note.kind {
                    NoteKind::Filled => {
                        if let Some(method) = &mind.on_fill {
                            method.call1(py, (context, Fill { symbol: symbol()?, note }))?;
                        }
                    }
                    NoteKind::Printed => {
                        if let Some(method) = &mind.on_trade {
                            method.call1(py, (context, Trade { symbol: symbol()?, note }))?;
                        }
                    }
                    _ => {
                        if let Some(method) = &mind.on_order {
                            method.call1(py, (context, OrderUpdate { symbol: symbol()?, note }))?;
                        }
                    }
                }
            }
            Due::News(number) => {
                if let Some(method) = &mind.on_news {
                    let news = self.shared.with(|simulation| simulation.news_text(number))?;
                    method.call1(py, (context, news.0, news.1))?;
                }
            }
            Due::Phase(market, phase) => {
                if let Some(method) = &mind.on_phase {
                    method.call1(py, (context, self.symbol(py, market)?, phase))?;
                }
            }
        }
        Ok(())
    }

    fn symbol(&self, py: Python<'_>, market: u16) -> PyResult<Py<PyString>> {
        let name = self.names.get(usize::from(market)).map(|name| name.clone_ref(py));
        name.ok_or_else(|| UsageError::new_err(format!("there is no market {market}")))
    }
}
