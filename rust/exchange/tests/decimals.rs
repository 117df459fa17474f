//! Decimal text is read exactly or refused.

#![allow(clippy::unwrap_used)]

use exchange::decimal::{DecimalError, Step};
use proptest::prelude::*;

fn step(text: &str) -> Step {
    Step::new(text).unwrap()
}

#[test]
fn decimals_are_read_exactly() {
    for (size, text, steps) in [
        ("0.01", "0.29", 29),
        ("0.01", "0.290000", 29),
        ("0.01", "-0.29", -29),
        ("0.01", "-0", 0),
        ("0.25", "100.75", 403),
        ("5", "15", 3),
        ("0.00000001", "92233720368.54775807", i64::MAX),
        ("0.00000001", "-92233720368.54775808", i64::MIN),
        ("1", "007", 7),
        ("0.000000000000000001", "0.000000000000000001", 1),
    ] {
        assert_eq!(step(size).parse(text), Ok(steps), "{text} in steps of {size}");
    }
}

#[test]
fn what_is_no_whole_number_of_steps_is_refused_and_never_rounded() {
    use DecimalError::{Malformed, OffStep, OutOfRange};
    for (size, text, error) in [
        ("0.01", "0.291", OffStep),
        ("0.25", "0.30", OffStep),
        ("5", "12", OffStep),
        ("1", "9223372036854775808", OutOfRange),
        ("0.01", "92233720368547758.08", OutOfRange),
        ("1", "99999999999999999999999999999999999999999999", OutOfRange),
        ("1", &"9".repeat(65), Malformed),
        ("1", "", Malformed),
        ("1", "-", Malformed),
        ("1", ".5", Malformed),
        ("1", "5.", Malformed),
        ("1", "+5", Malformed),
        ("1", " 5", Malformed),
        ("1", "5\n", Malformed),
        ("1", "1e3", Malformed),
        ("1", "1_000", Malformed),
        ("1", "1,000", Malformed),
        ("1", "--1", Malformed),
        ("1", "1.2.3", Malformed),
        ("1", "NaN", Malformed),
        ("1", "0x10", Malformed),
        ("1", "\u{0665}", Malformed), // a digit, but of another script
    ] {
        assert_eq!(step(size).parse(text), Err(error), "{text:?} in steps of {size}");
    }
}

#[test]
fn a_step_is_above_zero_and_not_too_fine() {
    for text in ["0", "-1", "0.00", "0.0000000000000000001", "9223372036854775808"] {
        assert_eq!(Step::new(text), Err(DecimalError::OutOfRange), "{text}");
    }
    assert_eq!(Step::new("a cent"), Err(DecimalError::Malformed));
    assert_eq!(step("0.010").to_string(), "0.01");
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(steps: i64, units in 1_i64..100_000, decimals in 0_usize..=18) {
        let digits = format!("{units:0>20}");
        let (whole, fraction) = digits.split_at(20 - decimals);
        let size = if decimals == 0 { whole.to_owned() } else { format!("{whole}.{fraction}") };
        let size = step(&size);

        prop_assert_eq!(size.parse(&size.format(steps)), Ok(steps));
    }

    #[test]
    fn any_text_is_read_or_refused_and_what_is_read_is_written_alike(text in "[-0-9.]{0,24}") {
        if let Ok(steps) = step("0.01").parse(&text) {
            prop_assert_eq!(step("0.01").parse(&step("0.01").format(steps)), Ok(steps));
        }
    }
}
