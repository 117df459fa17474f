//! Integers from Python, each refused with its name and range where it does not fit.

use exchange::decimal::Step;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyInt};

use crate::errors::UsageError;

/// Longest piece of a wrong value that an error repeats.
const SHOWN_CHARACTERS_MAX: usize = 60;

/// A whole number from Python: a Python or NumPy integer, never a float, a bool or a text.
pub(crate) trait Integer: Copy {
    /// Lowest and highest value, for the error.
    const RANGE: (i128, i128);

    /// Reads it, or says `None` where it does not fit.
    fn read(value: &Bound<'_, PyAny>) -> Option<Self>;
}

macro_rules! integers {
    ($($type:ident)*) => {$(
        impl Integer for $type {
            const RANGE: (i128, i128) = ($type::MIN as i128, $type::MAX as i128);

            #[inline(always)]
            fn read(value: &Bound<'_, PyAny>) -> Option<Self> {
                if value.is_instance_of::<PyBool>() { None } else { value.extract().ok() }
            }
        }
    )*};
}

integers!(u8 u32 i32 i64);

impl Integer for u64 {
    const RANGE: (i128, i128) = (0, u64::MAX as i128);

    /// Nearly every number fits 63 bits, and those are read several times faster.
    #[inline(always)]
    fn read(value: &Bound<'_, PyAny>) -> Option<Self> {
        match i64::read(value) {
            Some(number) => number.try_into().ok(),
            None if value.is_instance_of::<PyBool>() => None,
            None => value.extract().ok(),
        }
    }
}

/// Reads an argument.
#[inline(always)]
pub(crate) fn integer<T: Integer>(value: &Bound<'_, PyAny>, name: &str) -> PyResult<T> {
    T::read(value).ok_or_else(|| unfit(value, name, T::RANGE))
}

/// Reads an argument that may be left out.
#[inline(always)]
pub(crate) fn integer_or<T: Integer>(
    value: Option<&Bound<'_, PyAny>>,
    default: T,
    name: &str,
) -> PyResult<T> {
    value.map_or(Ok(default), |value| integer(value, name))
}

#[cold]
fn unfit(value: &Bound<'_, PyAny>, name: &str, (low, high): (i128, i128)) -> PyErr {
    let whole = value.is_instance_of::<PyInt>() && !value.is_instance_of::<PyBool>();
    let got = if whole { "one that lies outside".to_owned() } else { described(value) };
    UsageError::new_err(format!("{name} must be a whole number from {low} to {high}, not {got}"))
}

/// A value and its type in a few words that cannot fail.
#[cold]
pub(crate) fn described(value: &Bound<'_, PyAny>) -> String {
    let kind = value.get_type().name().map_or_else(|_| "object".to_owned(), |name| name.to_string());
    match value.repr() {
        Ok(text) => {
            let shown: String = text.to_string_lossy().chars().take(SHOWN_CHARACTERS_MAX).collect();
            format!("{shown} ({kind})")
        }
        Err(_) => format!("a value of type {kind}"),
    }
}

/// The size of one tick, lot or cash unit as a decimal, and exact conversions from and to text.
#[pyclass(frozen, eq, name = "Step", module = "crossbook.core")]
#[derive(PartialEq)]
pub(crate) struct PyStep(Step);

#[pymethods]
impl PyStep {
    #[new]
    #[pyo3(signature = (size, /))]
    fn new(size: &Bound<'_, PyAny>) -> PyResult<Self> {
        let text = decimal_text(size, "size")?;
        Step::new(&text).map(Self).map_err(|error| {
            UsageError::new_err(format!(
                "size must be a decimal above zero, at most 18 places: {text:?}: {error}"
            ))
        })
    }

    /// Return how many steps a decimal is worth, exactly.
    #[pyo3(signature = (value, /))]
    fn parse(&self, value: &Bound<'_, PyAny>) -> PyResult<i64> {
        let text = decimal_text(value, "value")?;
        self.0.parse(&text).map_err(|error| {
            let shown: String = text.chars().take(SHOWN_CHARACTERS_MAX).collect();
            UsageError::new_err(format!("{shown:?} cannot be counted in steps of {}: {error}", self.0))
        })
    }

    /// Write a number of steps as a decimal with all places of the step.
    #[pyo3(signature = (steps, /))]
    fn format(&self, steps: &Bound<'_, PyAny>) -> PyResult<String> {
        Ok(self.0.format(integer(steps, "steps")?))
    }

    /// Decimal places of the step.
    #[getter]
    fn decimals(&self) -> u8 {
        self.0.decimals()
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }

    fn __repr__(&self) -> String {
        format!("Step('{}')", self.0)
    }
}

/// The text of a decimal given as text, a `Decimal` or an integer. A float is refused: its digits are gone.
fn decimal_text(value: &Bound<'_, PyAny>, name: &str) -> PyResult<String> {
    if let Ok(text) = value.cast::<pyo3::types::PyString>() {
        // Text with lone surrogates is no decimal; lossy reading keeps it refused as malformed.
        return Ok(text.to_string_lossy().into_owned());
    }
    if value.is_instance_of::<PyInt>() && !value.is_instance_of::<PyBool>() {
        return integer::<i64>(value, name).map(|whole| whole.to_string());
    }
    if value.get_type().name().is_ok_and(|kind| kind == "Decimal") {
        return value.call_method1("__format__", ("f",))?.extract();
    }
    Err(UsageError::new_err(format!(
        "{name} must be a decimal as text, a Decimal or an integer, not {}: a float has lost its digits",
        described(value)
    )))
}
