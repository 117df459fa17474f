//! Whole steps as the decimals that people write.

use crate::json;

/// Most decimal places of a step; a step with more is refused where it is read.
const PLACES_MAX: u32 = 18;

/// The size of a step, `numerator / 10^places`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Scale {
    numerator: u64,
    places: u32,
}

impl Scale {
    /// A scale of `numerator / 10^places` a step.
    #[must_use]
    pub const fn new(numerator: u64, places: u32) -> Option<Self> {
        if numerator == 0 || places > PLACES_MAX { None } else { Some(Self { numerator, places }) }
    }

    /// The scale of a step written as a plain decimal, such as `0.01`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let part = part.trim_end_matches('0');
        let digits: String = [whole, part].concat();
        if !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        Self::new(digits.parse().ok()?, u32::try_from(part.len()).ok()?)
    }

    /// Writes a number of steps as a decimal without zeros at its end.
    pub fn write(&self, steps: i128, out: &mut Vec<u8>) {
        let value = steps * i128::from(self.numerator);
        if self.places == 0 {
            json::integer(value, out);
            return;
        }
        if value < 0 {
            out.push(b'-');
        }
        let unit = 10_u128.pow(self.places);
        let (whole, mut part) = (value.unsigned_abs() / unit, value.unsigned_abs() % unit);
        json::unsigned(whole, out);
        if part == 0 {
            return;
        }
        let mut places = self.places;
        while part.is_multiple_of(10) {
            part /= 10;
            places -= 1;
        }
        out.push(b'.');
        let mut divisor = 10_u128.pow(places - 1);
        while divisor > 0 {
            json::digit(part / divisor % 10, out);
            divisor /= 10;
        }
    }

    /// The mean of `steps` steps over `count`, as a double.
    #[must_use]
    #[allow(clippy::float_arithmetic, clippy::cast_precision_loss)] // A mean is shown, never booked.
    pub fn mean(&self, steps: i128, count: u64) -> f64 {
        let unit = 10_f64.powi(self.places.cast_signed());
        steps as f64 * self.numerator as f64 / unit / count as f64
    }
}
