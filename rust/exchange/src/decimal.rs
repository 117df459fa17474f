//! Decimal text to whole steps and back, exactly: 0.29 stays 0.29.
//!
//! A [`Step`] is the size of one tick, one lot or one cash unit, written as a decimal such as `0.01`. Text is
//! read without ever passing through a binary fraction. Text that is finer than the step, or that is no plain
//! decimal (an exponent, a sign of plus, a space, a digit of another script), is refused rather than rounded.

use core::fmt;

/// Most characters of a decimal, more than any number in range needs.
pub const MAX_DECIMAL_LENGTH: usize = 64;
/// Most decimal places of a step.
pub const MAX_DECIMALS: u8 = 18;

/// The size of one tick, lot or cash unit: `units` times ten to the minus `decimals`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Step {
    units: i64,
    decimals: u8,
}

/// Why text is no whole number of steps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DecimalError {
    /// It is no plain decimal such as `12` or `-0.25`.
    Malformed,
    /// It is no whole number of steps.
    OffStep,
    /// It is beyond what 64 bits of steps can carry; of a step, beyond [`MAX_DECIMALS`] places or not above zero.
    OutOfRange,
}

impl fmt::Display for DecimalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "it is no plain decimal such as 12 or -0.25",
            Self::OffStep => "it is no whole number of steps",
            Self::OutOfRange => "it is out of range",
        })
    }
}

impl core::error::Error for DecimalError {}

/// A decimal as read: all digits as one number, and how many of them stand behind the point.
struct Digits {
    value: i128,
    places: u32,
}

fn digits(text: &str) -> Result<Digits, DecimalError> {
    if text.len() > MAX_DECIMAL_LENGTH {
        return Err(DecimalError::Malformed);
    }
    let (negative, body) = match text.strip_prefix('-') {
        Some(body) => (true, body),
        None => (false, text),
    };
    let (whole, fraction) = match body.split_once('.') {
        Some((_, "")) => return Err(DecimalError::Malformed),
        Some(parts) => parts,
        None => (body, ""),
    };
    if whole.is_empty() {
        return Err(DecimalError::Malformed);
    }
    // Every character is looked at before a number is judged too long: what is malformed is called so.
    if !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return Err(DecimalError::Malformed);
    }
    let fraction = fraction.trim_end_matches('0');
    let mut value = 0_i128;
    for byte in whole.bytes().chain(fraction.bytes()) {
        value = value
            .checked_mul(10)
            .and_then(|value| value.checked_add(i128::from(byte - b'0')))
            .ok_or(DecimalError::OutOfRange)?;
    }
    let places = u32::try_from(fraction.len()).map_err(|_| DecimalError::Malformed)?;
    Ok(Digits { value: if negative { -value } else { value }, places })
}

impl Step {
    /// Reads the size of a step, such as `0.01`.
    ///
    /// # Errors
    /// A [`DecimalError`] for text that is no plain decimal above zero with at most [`MAX_DECIMALS`] places.
    pub fn new(text: &str) -> Result<Self, DecimalError> {
        let written = digits(text)?;
        let decimals = u8::try_from(written.places).map_err(|_| DecimalError::OutOfRange)?;
        let units = i64::try_from(written.value).map_err(|_| DecimalError::OutOfRange)?;
        if units <= 0 || decimals > MAX_DECIMALS {
            return Err(DecimalError::OutOfRange);
        }
        Ok(Self { units, decimals })
    }

    /// How many steps the text is worth.
    ///
    /// # Errors
    /// A [`DecimalError`]; nothing is ever rounded.
    pub fn parse(self, text: &str) -> Result<i64, DecimalError> {
        let written = digits(text)?;
        let Some(missing) = u32::from(self.decimals).checked_sub(written.places) else {
            return Err(DecimalError::OffStep);
        };
        let value = 10_i128
            .checked_pow(missing)
            .and_then(|scale| written.value.checked_mul(scale))
            .ok_or(DecimalError::OutOfRange)?;
        let units = i128::from(self.units);
        if value % units != 0 {
            return Err(DecimalError::OffStep);
        }
        i64::try_from(value / units).map_err(|_| DecimalError::OutOfRange)
    }

    /// Writes a number of steps as a decimal, with as many places as the step has.
    #[must_use]
    pub fn format(self, steps: i64) -> String {
        let value = i128::from(steps) * i128::from(self.units);
        let sign = if value < 0 { "-" } else { "" };
        let scale = 10_u128.pow(u32::from(self.decimals));
        let (whole, fraction) = (value.unsigned_abs() / scale, value.unsigned_abs() % scale);
        match usize::from(self.decimals) {
            0 => format!("{sign}{whole}"),
            places => format!("{sign}{whole}.{fraction:0places$}"),
        }
    }

    /// Decimal places of the step.
    #[must_use]
    pub const fn decimals(self) -> u8 {
        self.decimals
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.format(1))
    }
}
