//! An agent's stream of random numbers, and the arithmetic that gives the same bits on every machine.

use pyo3::prelude::*;

use crate::arguments::{described, integer};
use crate::core::{Any, Maybe};
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

/// Reads a number.
#[inline(always)]
pub(crate) fn real(value: &Bound<'_, PyAny>, name: &str) -> PyResult<f64> {
    value.extract().map_err(|_| unfit(value, name))
}

#[inline(always)]
fn real_or(value: Maybe<'_, '_>, default: f64, name: &str) -> PyResult<f64> {
    value.map_or(Ok(default), |value| real(value, name))
}

#[cold]
fn unfit(value: &Bound<'_, PyAny>, name: &str) -> PyErr {
    UsageError::new_err(format!("{name} must be a number, not {}", described(value)))
}

#[pymethods]
impl Random {
    /// Return a number from 0 to below 1.
    fn uniform(&self) -> PyResult<f64> {
        self.draw(kernel::Stream::uniform)
    }

    /// Return a whole number from `low` to `high`, both included.
    fn integer(&self, low: Any<'_, '_>, high: Any<'_, '_>) -> PyResult<i64> {
        let (low, high) = (integer(low, "low")?, integer(high, "high")?);
        self.draw(|stream| stream.integer(low, high))
    }

    /// Return true with a probability.
    fn chance(&self, probability: Any<'_, '_>) -> PyResult<bool> {
        let probability = real(probability, "probability")?;
        self.draw(|stream| stream.chance(probability))
    }

    /// Return a normally distributed number.
    #[pyo3(signature = (mean=None, deviation=None), text_signature = "($self, mean=0.0, deviation=1.0)")]
    fn normal(&self, mean: Maybe<'_, '_>, deviation: Maybe<'_, '_>) -> PyResult<f64> {
        let (mean, deviation) = (real_or(mean, 0.0, "mean")?, real_or(deviation, 1.0, "deviation")?);
        self.draw(|stream| stream.normal(mean, deviation))
    }

    /// Return an exponentially distributed number.
    #[pyo3(signature = (mean=None), text_signature = "($self, mean=1.0)")]
    fn exponential(&self, mean: Maybe<'_, '_>) -> PyResult<f64> {
        let mean = real_or(mean, 1.0, "mean")?;
        self.draw(|stream| stream.exponential(mean))
    }

    /// Return the exponential of a normally distributed number.
    #[pyo3(signature = (mean=None, deviation=None), text_signature = "($self, mean=0.0, deviation=1.0)")]
    fn lognormal(&self, mean: Maybe<'_, '_>, deviation: Maybe<'_, '_>) -> PyResult<f64> {
        let (mean, deviation) = (real_or(mean, 0.0, "mean")?, real_or(deviation, 1.0, "deviation")?);
        self.draw(|stream| stream.lognormal(mean, deviation))
    }

    /// Return a Pareto distributed number of at least `scale`.
    fn pareto(&self, scale: Any<'_, '_>, shape: Any<'_, '_>) -> PyResult<f64> {
        let (scale, shape) = (real(scale, "scale")?, real(shape, "shape")?);
        self.draw(|stream| stream.pareto(scale, shape))
    }

    /// Return an exponentially distributed waiting time in whole nanoseconds, at least one.
    fn wait(&self, mean_ns: Any<'_, '_>) -> PyResult<i64> {
        let mean = real(mean_ns, "mean_ns")?;
        if !mean.is_finite() {
            return Err(UsageError::new_err("mean_ns must be a finite number"));
        }
        self.draw(|stream| stream.wait(mean))
    }

    fn __repr__(&self) -> &'static str {
        "Random()"
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
