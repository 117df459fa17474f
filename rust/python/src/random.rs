//! An agent's stream of random numbers, and the arithmetic that gives the same bits on every machine.

use pyo3::prelude::*;

use crate::errors::UsageError;
use crate::simulation::Shared;

/// An agent's own stream of random numbers.
#[pyclass(frozen, name = "Random", module = "crossbook.core._native.kernel")]
pub(crate) struct Random {
    pub(crate) shared: Shared,
    pub(crate) agent: u32,
}

impl Random {
    #[inline(always)]
    fn draw<R>(&self, draw: impl FnOnce(&mut kernel::Stream) -> R) -> PyResult<R> {
        Ok(self.shared.with(|simulation| draw(simulation.context(self.agent).stream()))?)
    }
}

fn finite(value: f64, name: &str) -> PyResult<f64> {
    if value.is_finite() {
        Ok(value)
    } else {
        Err(UsageError::new_err(format!("{name} must be a finite number")))
    }
}

#[pymethods]
impl Random {
    /// Return a number from 0 to below 1.
    fn uniform(&self) -> PyResult<f64> {
        self.draw(kernel::Stream::uniform)
    }

    /// Return a whole number from `low` to `high`, both included.
    fn integer(&self, low: i64, high: i64) -> PyResult<i64> {
        self.draw(|stream| stream.integer(low, high))
    }

    /// Return true with a probability.
    fn chance(&self, probability: f64) -> PyResult<bool> {
        self.draw(|stream| stream.chance(probability))
    }

    /// Return a normally distributed number.
    #[pyo3(signature = (mean=0.0, deviation=1.0))]
    fn normal(&self, mean: f64, deviation: f64) -> PyResult<f64> {
        self.draw(|stream| stream.normal(mean, deviation))
    }

    /// Return an exponentially distributed number.
    #[pyo3(signature = (mean=1.0))]
    fn exponential(&self, mean: f64) -> PyResult<f64> {
        self.draw(|stream| stream.exponential(mean))
    }

    /// Return the exponential of a normally distributed number.
    #[pyo3(signature = (mean=0.0, deviation=1.0))]
    fn lognormal(&self, mean: f64, deviation: f64) -> PyResult<f64> {
        self.draw(|stream| stream.lognormal(mean, deviation))
    }

    /// Return a Pareto distributed number of at least `scale`.
    fn pareto(&self, scale: f64, shape: f64) -> PyResult<f64> {
        self.draw(|stream| stream.pareto(scale, shape))
    }

    /// Return an exponentially distributed waiting time in whole nanoseconds, at least one.
    fn wait(&self, mean_ns: f64) -> PyResult<i64> {
        let mean_ns = finite(mean_ns, "mean_ns")?;
        self.draw(|stream| stream.wait(mean_ns))
    }
}

/// Return e to the power of a number: the same bits on every machine.
#[pyfunction]
pub(crate) fn exp(value: f64) -> f64 {
    libm::exp(value)
}

/// Return the natural logarithm of a number: the same bits on every machine.
#[pyfunction]
pub(crate) fn log(value: f64) -> f64 {
    libm::log(value)
}
