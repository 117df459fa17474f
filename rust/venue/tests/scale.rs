//! Steps become the shortest decimals that mean exactly them.
#![allow(clippy::unwrap_used)]

use exchange::decimal;
use venue::Scale;

fn written(step: &str, steps: i128) -> String {
    let mut out = Vec::new();
    Scale::parse(step).unwrap().write(steps, &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn prices_are_written_without_zeros_at_their_end() {
    assert_eq!(written("0.01", 10_025), "100.25");
    assert_eq!(written("0.01", 10_020), "100.2");
    assert_eq!(written("0.01", 10_000), "100");
    assert_eq!(written("0.01", 29), "0.29");
    assert_eq!(written("0.01", 1), "0.01");
    assert_eq!(written("0.01", 0), "0");
    assert_eq!(written("0.01", -7), "-0.07");
    assert_eq!(written("0.05", 3), "0.15");
    assert_eq!(written("0.25", 4), "1");
    assert_eq!(written("1", -12), "-12");
    assert_eq!(written("0.00000001", 123_456_789), "1.23456789");
    assert_eq!(written("0.01", i128::from(i64::MAX)), "92233720368547758.07");
    assert_eq!(written("0.01", i128::from(i64::MIN)), "-92233720368547758.08");
    assert_eq!(written("1", 10_i128.pow(30)), "1000000000000000000000000000000");
}

#[test]
fn what_is_written_reads_back_exactly() {
    for steps in (-2_000_i64..2_000).chain([i64::MAX / 3, i64::MAX]) {
        let text = written("0.01", i128::from(steps));
        let number: f64 = text.parse().unwrap();
        if steps.abs() < 1 << 50 {
            #[allow(clippy::float_arithmetic, clippy::cast_precision_loss)]
            let nearest = steps as f64 / 100.0;
            assert_eq!(number.to_bits(), nearest.to_bits(), "{text}");
        }
        assert_eq!(decimal::Step::new("0.01").unwrap().parse(&text), Ok(steps));
    }
}

#[test]
fn what_is_no_decimal_is_no_step() {
    for text in ["", ".", "0", "-1", "1e3", "0.0", "a", "1.2.3", "0.0000000000000000001"] {
        assert_eq!(Scale::parse(text), None, "{text}");
    }
}
