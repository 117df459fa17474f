//! Prices and quantities: decimal text to whole steps, exactly.
//!
//! What is accepted is what [`Step::parse`] accepts, within the bounds here. The usual text, digits with or without a
//! point and nineteen characters at most, is read by a shorter way that gives the same numbers.

use exchange::decimal::{DecimalError, Step};
use exchange::units::MAX_PRICE_TICKS;

/// Largest quantity in lots: what every language reads exactly. It may be more than one order of the core takes,
/// because a level is the sum of many.
pub const QUANTITY_LOTS_MAX: u64 = (1 << 53) - 1;

/// Text of so many characters has too few digits to overflow 64 bits.
const SHORT_TEXT: usize = 19;
const POWERS: [u64; 19] = {
    let mut powers = [1_u64; 19];
    let mut place = 1;
    #[allow(clippy::indexing_slicing)] // Worked out when this is compiled.
    while place < powers.len() {
        powers[place] = powers[place - 1] * 10;
        place += 1;
    }
    powers
};

/// Why text is no price or quantity.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum NumberError {
    Decimal(DecimalError),
    Price,
    Quantity,
}

impl core::fmt::Display for NumberError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Decimal(error) => error.fmt(f),
            Self::Price => write!(f, "it is not from 1 to {MAX_PRICE_TICKS} ticks"),
            Self::Quantity => write!(f, "it is not from 0 to {QUANTITY_LOTS_MAX} lots"),
        }
    }
}

/// A step, and how text in it is read.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    step: Step,
    /// Decimal places of a step that is a power of ten; of another step every text goes the long way.
    places: Option<usize>,
}

impl Scale {
    /// The scale of a step.
    #[must_use]
    pub fn new(step: Step) -> Self {
        let places = usize::from(step.decimals());
        let power = match places {
            0 => "1".to_owned(),
            places => format!("0.{}1", "0".repeat(places - 1)),
        };
        Self { step, places: (step.parse(&power) == Ok(1)).then_some(places) }
    }

    /// How many steps the text is worth.
    ///
    /// # Errors
    /// A [`DecimalError`], as of [`Step::parse`].
    #[inline]
    pub fn parse(&self, text: &[u8]) -> Result<i64, DecimalError> {
        match self.parse_short(text) {
            Some(steps) => Ok(steps),
            None => self.parse_any(text),
        }
    }

    #[inline]
    fn parse_short(&self, text: &[u8]) -> Option<i64> {
        let wanted = self.places?;
        if text.len() > SHORT_TEXT {
            return None;
        }
        let (mut value, mut places, mut point) = (0_u64, 0_usize, false);
        for (position, &byte) in text.iter().enumerate() {
            let digit = byte.wrapping_sub(b'0');
            if digit <= 9 {
                // Nineteen digits are below 2 to the 64.
                value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
                places = places.wrapping_add(usize::from(point));
            } else if byte == b'.' && !point && position != 0 {
                point = true;
            } else {
                return None;
            }
        }
        if text.is_empty() || (point && places == 0) {
            return None;
        }
        let steps = if places <= wanted {
            value.checked_mul(*POWERS.get(wanted - places)?)?
        } else {
            let scale = *POWERS.get(places - wanted)?;
            if value % scale != 0 {
                return None;
            }
            value / scale
        };
        i64::try_from(steps).ok()
    }

    #[cold]
    fn parse_any(&self, text: &[u8]) -> Result<i64, DecimalError> {
        self.step.parse(core::str::from_utf8(text).map_err(|_| DecimalError::Malformed)?)
    }

    /// A price in ticks; zero only where the caller allows it, for a side on which nothing stands.
    pub(crate) fn price(&self, text: &[u8]) -> Result<i64, NumberError> {
        match self.parse(text) {
            Ok(ticks) if (0..=MAX_PRICE_TICKS).contains(&ticks) => Ok(ticks),
            Ok(_) => Err(NumberError::Price),
            Err(error) => Err(NumberError::Decimal(error)),
        }
    }

    /// A quantity in lots.
    pub(crate) fn quantity(&self, text: &[u8]) -> Result<u64, NumberError> {
        match self.parse(text).map(u64::try_from) {
            Ok(Ok(lots)) if lots <= QUANTITY_LOTS_MAX => Ok(lots),
            Ok(_) => Err(NumberError::Quantity),
            Err(error) => Err(NumberError::Decimal(error)),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn scale(step: &str) -> Scale {
        Scale::new(Step::new(step).unwrap())
    }

    #[test]
    fn the_short_way_reads_what_the_exchange_writes() {
        assert_eq!(scale("0.01").parse_short(b"61837.63000000"), Some(6_183_763));
        assert_eq!(scale("0.00000001").parse_short(b"25.42618900"), Some(2_542_618_900));
        assert_eq!(scale("1").parse_short(b"7"), Some(7));
        assert_eq!(scale("0.25").parse(b"1.75"), Ok(7));
        assert_eq!(scale("0.25").parse_short(b"1.75"), None);
    }

    #[test]
    fn what_is_no_number_of_steps_is_refused() {
        for (text, error) in [
            ("NaN", DecimalError::Malformed),
            ("1e400", DecimalError::Malformed),
            ("", DecimalError::Malformed),
            ("1.", DecimalError::Malformed),
            (".5", DecimalError::Malformed),
            ("1.2.3", DecimalError::Malformed),
            ("+1", DecimalError::Malformed),
            ("0.005", DecimalError::OffStep),
            ("99999999999999999999999999", DecimalError::OutOfRange),
        ] {
            assert_eq!(scale("0.01").parse(text.as_bytes()), Err(error), "{text}");
        }
        assert_eq!(scale("0.01").parse(b"\xff"), Err(DecimalError::Malformed));
    }

    #[test]
    fn what_is_beyond_the_bounds_is_refused() {
        assert_eq!(scale("0.01").price(b"10995116277.76"), Ok(MAX_PRICE_TICKS));
        assert_eq!(scale("0.01").price(b"10995116277.77"), Err(NumberError::Price));
        assert_eq!(scale("0.01").price(b"-1"), Err(NumberError::Price));
        assert_eq!(scale("1").quantity(b"9007199254740991"), Ok(QUANTITY_LOTS_MAX));
        assert_eq!(scale("1").quantity(b"9007199254740992"), Err(NumberError::Quantity));
        assert_eq!(scale("1").quantity(b"-1"), Err(NumberError::Quantity));
    }

    proptest! {
        #[test]
        fn the_short_way_and_the_long_one_agree(
            text in "[0-9]{0,12}\\.?[0-9]{0,12}|[-+0-9.eE]{0,8}",
            step in prop::sample::select(vec!["1", "0.01", "0.00000001", "0.25", "10", "0.000000000000000001"]),
        ) {
            let scale = scale(step);
            if let Some(steps) = scale.parse_short(text.as_bytes()) {
                prop_assert_eq!(Ok(steps), scale.parse_any(text.as_bytes()));
            }
        }

        #[test]
        fn a_number_of_steps_written_out_reads_back(steps in 0_i64..=MAX_PRICE_TICKS, places in 0_usize..=10) {
            let size = if places == 0 { "1".to_owned() } else { format!("0.{:0>1$}", 1, places) };
            let step = Step::new(&size).unwrap();
            prop_assert_eq!(Scale::new(step).parse(step.format(steps).as_bytes()), Ok(steps));
        }
    }
}
