//! What the reader makes of lines, good and bad.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use exchange::decimal::Step;
use feeds::{
    FINDINGS_KEPT_MAX, FindingKind, LINE_BYTES_MAX, Policy, Reader, Row, Settings, flag, kind, side,
};

use crate::support::{START_MS, START_NS, depth, line, quote, read, reader, snapshot, trade};

/// The kind that the strict policy refuses the text for, and the line.
fn refusal(text: &str) -> (FindingKind, u32) {
    let mut reader = reader(Policy::Strict);
    let refused = reader.push(text.as_bytes()).and_then(|()| reader.finish()).unwrap_err();
    assert_eq!(reader.push(b"").unwrap_err(), refused, "a refused reader stays so");
    assert!(!refused.reason.contains('\n'));
    (refused.kind, refused.line)
}

/// What repair finds, with the line, and the rows that it gives.
fn repaired(text: &str) -> (Vec<(FindingKind, u32)>, Vec<Row>) {
    let mut reader = read(text, Policy::Repair);
    let found = reader.findings().kept().iter().map(|found| (found.kind, found.line)).collect();
    (found, reader.take_rows())
}

fn levels(rows: &[Row]) -> Vec<(i64, u64, u8, u16)> {
    rows.iter().map(|row| (row.price, row.quantity, row.side, row.flags)).collect()
}

#[test]
fn each_kind_of_message_becomes_rows() {
    let text = quote(0, 1, "100.00", "100.01")
        + &depth(1, (1, 2), r#"[["100.00","1.5"]]"#, r#"[["100.01","0.000"],["100.02","3"]]"#)
        + &trade(2, 7, "100.01", true)
        + &quote(3, 3, "100.00", "100.02");
    let reader = read(&text, Policy::Strict);
    let row = |tick: i64, exchange_tick: i64, line, kind, side, price, quantity, flags| Row {
        exchange_ns: if exchange_tick < 0 { 0 } else { START_NS + exchange_tick * 1_000_000 },
        local_ns: START_NS + tick * 1_000_000,
        price,
        quantity,
        line,
        kind,
        side,
        flags,
    };

    assert_eq!(
        reader.rows(),
        [
            row(0, -1, 1, kind::QUOTE, side::BUY, 10_000, 1_000, 0),
            row(0, -1, 1, kind::QUOTE, side::SELL, 10_001, 2_000, flag::LAST),
            row(1, 1, 2, kind::DEPTH, side::BUY, 10_000, 1_500, flag::STALE),
            row(1, 1, 2, kind::DEPTH, side::SELL, 10_001, 0, flag::STALE),
            row(1, 1, 2, kind::DEPTH, side::SELL, 10_002, 3_000, flag::STALE | flag::LAST),
            row(2, 2, 3, kind::TRADE, side::SELL, 10_001, 2, flag::LAST),
            row(3, 2, 4, kind::QUOTE, side::BUY, 10_000, 1_000, 0),
            row(3, 2, 4, kind::QUOTE, side::SELL, 10_002, 2_000, flag::LAST),
        ]
    );
    let summary = reader.summary();
    assert_eq!((summary.quotes, summary.updates, summary.trades, summary.rows), (2, 1, 1, 8));
    assert_eq!(summary.symbol, "BTCUSDT");
    assert_eq!((summary.least_delay_ns, summary.largest_delay_ns), (Some(0), Some(0)));
}

#[test]
fn a_late_snapshot_is_joined_with_the_updates_that_it_has_not_seen() {
    let text = depth(0, (1, 4), r#"[["100.00","1"],["99.00","1"]]"#, r#"[["101.00","1"]]"#)
        + &depth(1, (5, 8), r#"[["100.00","2"],["98.50","0"]]"#, r#"[["101.00","0"],["102.00","4"]]"#)
        + &snapshot(
            2,
            6,
            r#"[["100.00","1"],["98.50","1"],["98.00","9"]]"#,
            r#"[["101.00","1"],["103.00","7"]]"#,
        )
        + &depth(3, (9, 9), "[]", r#"[["103.00","0"]]"#);
    let reader = read(&text, Policy::Strict);

    let snapshot: Vec<Row> = reader.rows().iter().filter(|row| row.line == 3).copied().collect();
    let (s, last) = (flag::SNAPSHOT, flag::SNAPSHOT | flag::LAST);
    assert_eq!(
        levels(&snapshot),
        [
            (9_900, 0, 0, s),
            (9_800, 9_000, 0, s),
            (10_000, 2_000, 0, s),
            (10_200, 4_000, 1, s),
            (10_300, 7_000, 1, last)
        ]
    );
    assert_eq!(reader.rows().last().unwrap().flags, flag::LAST, "the book is whole");
    assert_eq!(reader.summary().first_whole_line, Some(3));
    assert!(reader.is_whole());
}

#[test]
fn updates_that_a_snapshot_has_seen_are_left_out() {
    let text = snapshot(0, 10, r#"[["100.00","1"]]"#, r#"[["101.00","1"]]"#)
        + &depth(1, (5, 9), r#"[["100.00","3"]]"#, "[]")
        + &depth(2, (9, 10), r#"[["100.00","3"]]"#, "[]")
        + &depth(3, (10, 12), r#"[["100.00","2"]]"#, "[]");
    let reader = read(&text, Policy::Strict);

    assert_eq!(reader.rows().iter().map(|row| row.line).collect::<Vec<_>>(), [1, 1, 4]);
    assert_eq!(reader.summary().old_updates, 2);
}

#[test]
fn a_snapshot_with_a_hole_after_it_is_no_use() {
    let text =
        depth(0, (20, 24), r#"[["100.00","1"]]"#, "[]") + &snapshot(1, 10, "[]", r#"[["101.00","1"]]"#);

    assert_eq!(refusal(&text), (FindingKind::OldSnapshot, 2));
    let (found, rows) = repaired(&text);
    assert_eq!((found, rows.len()), (vec![(FindingKind::OldSnapshot, 2)], 1));
}

#[test]
fn after_a_gap_the_book_is_stale_until_the_next_snapshot() {
    let book = (r#"[["100.00","1"]]"#, r#"[["101.00","1"]]"#);
    let text = snapshot(0, 10, book.0, book.1)
        + &depth(1, (11, 12), r#"[["100.00","2"]]"#, "[]")
        + &depth(2, (14, 15), r#"[["100.00","3"]]"#, "[]")
        + &snapshot(3, 15, book.0, book.1)
        + &depth(4, (16, 16), r#"[["100.00","4"]]"#, "[]");

    assert_eq!(refusal(&text), (FindingKind::SequenceGap, 3));
    let (found, rows) = repaired(&text);
    assert_eq!(found, [(FindingKind::SequenceGap, 3)]);
    let stale = rows.iter().map(|row| row.flags & flag::STALE != 0).collect::<Vec<_>>();
    assert_eq!(stale, [false, false, false, true, false, false, false]);
}

#[test]
fn a_futures_update_names_the_one_before_it() {
    let update = |tick, first: u64, last: u64, previous: u64| {
        depth(tick, (first, last), "[]", "[]").replace(r#""b":"#, &format!(r#""pu":{previous},"b":"#))
    };

    assert_eq!(read(&(update(0, 5, 9, 4) + &update(1, 20, 30, 9)), Policy::Strict).summary().updates, 2);
    assert_eq!(refusal(&(update(0, 5, 9, 4) + &update(1, 10, 30, 10))), (FindingKind::SequenceGap, 2));
}

#[test]
fn a_crossed_book_keeps_the_newest_levels() {
    let text = snapshot(0, 1, r#"[["100.00","1"],["99.00","1"]]"#, r#"[["101.00","1"],["102.00","1"]]"#)
        + &depth(1, (2, 2), r#"[["101.00","5"]]"#, "[]");

    assert_eq!(refusal(&text), (FindingKind::CrossedBook, 2));
    let (found, rows) = repaired(&text);
    assert_eq!(found, [(FindingKind::CrossedBook, 2)]);
    assert_eq!(levels(&rows[4..]), [(10_100, 5_000, 0, 0), (10_100, 0, 1, flag::REPAIRED | flag::LAST)]);
}

#[test]
fn a_message_that_crosses_itself_loses_both_levels() {
    let text = depth(0, (1, 1), r#"[["101.00","1"],["99.00","1"]]"#, r#"[["100.00","1"],["102.00","1"]]"#);
    let (_, rows) = repaired(&text);

    let s = flag::STALE | flag::REPAIRED;
    assert_eq!(levels(&rows[4..]), [(10_100, 0, 0, s), (10_000, 0, 1, s | flag::LAST)]);
}

#[test]
fn faults_are_named_by_kind_and_line_and_leave_the_rest_alone() {
    let start =
        quote(0, 1, "100.00", "100.01") + &trade(0, 7, "100.01", false) + &depth(0, (1, 2), "[]", "[]");
    let good = quote(9, 3, "100.00", "100.01");
    let day = 86_400_000;
    for (kind, bad, rows) in [
        (FindingKind::Malformed, "\n".to_owned(), 0),
        (FindingKind::Malformed, "not a line\n".to_owned(), 0),
        (FindingKind::Malformed, line(1, "{"), 0),
        (FindingKind::Malformed, line(1, "{}"), 0),
        (FindingKind::Malformed, line(1, "[]"), 0),
        (FindingKind::Malformed, line(1, r#"{"stream":"btcusdt@trade"}"#), 0),
        (FindingKind::Malformed, line(1, r#"{"data":{},"stream":"btcusdt@trade"}"#), 0),
        (FindingKind::Malformed, line(1, r#"{"stream":"btcusdt@trade","data":{}}"#), 0),
        (FindingKind::Malformed, quote(1, 2, "100.00", "100.01").replace("}\n", "}}\n"), 0),
        (FindingKind::Malformed, quote(1, 2, "100.00", "100.01").replace("\"100.00\"", "100.00"), 0),
        (FindingKind::Malformed, quote(1, 2, "100.00", "100.01").replace("\"100.00\"", "NaN"), 0),
        (FindingKind::Malformed, trade(1, 8, "100.01", true).replace("true,", "\"yes\","), 0),
        (FindingKind::Malformed, trade(1, 8, "100.01", true).replace(r#""t":8"#, r#""t":8,"t":8"#), 0),
        (FindingKind::Malformed, trade(1, 8, "100.01", true).replace(r#""t":8"#, r#""t":-8"#), 0),
        (FindingKind::Malformed, trade(1, 8, "100.01", true).replace(r#""t":8"#, r#""t":1e400"#), 0),
        (FindingKind::Malformed, depth(1, (3, 2), "[]", "[]"), 0),
        (FindingKind::Malformed, depth(1, (3, 3), r#"[["100.00"]]"#, "[]"), 0),
        (FindingKind::Malformed, depth(1, (3, 3), r#"[["100.00","1","2"]]"#, "[]"), 0),
        (FindingKind::LineTooLong, line(1, &" ".repeat(LINE_BYTES_MAX)), 0),
        (FindingKind::Number, quote(1, 2, "NaN", "100.01"), 0),
        (FindingKind::Number, quote(1, 2, "1e400", "100.01"), 0),
        (FindingKind::Number, quote(1, 2, "-1", "100.01"), 0),
        (FindingKind::Number, quote(1, 2, "100.005", "100.01"), 0),
        (FindingKind::Number, quote(1, 2, "100.00", "99999999999999999999999999"), 0),
        (FindingKind::Number, quote(1, 2, "0.00", "100.01"), 0),
        (FindingKind::Number, trade(1, 8, "0", true), 0),
        (FindingKind::Number, trade(1, 8, "100.01", true).replace("0.002", "0.0005"), 0),
        (FindingKind::Number, depth(1, (3, 3), r#"[["0.00","1"]]"#, "[]"), 0),
        (FindingKind::Outlier, trade(1, 8, "1000.11", true), 0),
        (FindingKind::Outlier, quote(1, 2, "9.00", "9.99"), 0),
        (FindingKind::OtherSymbol, trade(1, 8, "100.01", true).replace("BTCUSDT", "ETHUSDT"), 0),
        (
            FindingKind::LocalTimeBack,
            trade(-1, 8, "100.01", true)
                .replace(&(START_MS - 1).to_string(), &START_MS.to_string())
                .replacen(&START_NS.to_string(), &(START_NS - 1).to_string(), 1),
            1,
        ),
        (
            FindingKind::ExchangeTimeBack,
            trade(1, 8, "100.01", true).replace(&format!(":{}", START_MS + 1), &format!(":{}", START_MS - 1)),
            1,
        ),
        (
            FindingKind::TimesApart,
            trade(1, 8, "100.01", true)
                .replace(&format!(":{}", START_MS + 1), &format!(":{}", START_MS + day + 2)),
            0,
        ),
        (
            FindingKind::TimesApart,
            trade(1, 8, "100.01", true).replace(&format!(":{}", START_MS + 1), ":18446744073709551615"),
            0,
        ),
        (FindingKind::TimesApart, quote(day + 1, 2, "100.00", "100.01"), 0),
        (FindingKind::SequenceGap, depth(1, (4, 5), r#"[["99.00","1"]]"#, "[]"), 1),
        (FindingKind::SequenceGap, depth(1, (2, 5), r#"[["99.00","1"]]"#, "[]"), 1),
        (FindingKind::SequenceGap, depth(1, (1 << 40, 1 << 40), r#"[["99.00","1"]]"#, "[]"), 0),
        (FindingKind::Repeated, depth(1, (1, 2), r#"[["99.00","1"]]"#, "[]"), 0),
        (FindingKind::Repeated, quote(1, 1, "100.00", "100.01"), 0),
        (FindingKind::TradeGap, trade(1, 9, "100.01", true), 1),
        (FindingKind::TradeGap, trade(1, 1 << 40, "100.01", true), 0),
        (FindingKind::TradeRepeated, trade(1, 7, "100.01", true), 0),
        (FindingKind::CrossedQuote, quote(1, 2, "100.01", "100.01"), 0),
    ] {
        let text = format!("{start}{bad}{good}");
        assert_eq!(refusal(&text), (kind, 4), "{bad}");
        let (found, after) = repaired(&text);
        assert!(found.contains(&(kind, 4)), "{bad}: {found:?}");
        let of_line = |line| after.iter().filter(|row| row.line == line).count();
        assert_eq!((of_line(4), of_line(5)), (rows, 2), "{bad}");
        assert!(after.is_sorted_by_key(|row| row.local_ns), "{bad}");
    }
}

#[test]
fn a_price_is_believed_when_the_next_one_agrees_with_it() {
    let text = trade(0, 1, "100", true) + &trade(1, 2, "5000", true) + &trade(2, 3, "5001", true);
    let (found, rows) = repaired(&text);

    // The trade that was left out is missed by the one after it.
    assert_eq!(found, [(FindingKind::Outlier, 2), (FindingKind::TradeGap, 3)]);
    assert_eq!(rows.len(), 2);
}

#[test]
fn a_last_line_without_an_end_is_read_if_it_is_whole() {
    let text = trade(0, 1, "100", true) + &trade(1, 2, "100", true);
    for cut in 1..text.len() / 2 {
        let text = &text[..text.len() - cut];
        if cut == 1 {
            assert_eq!(read(text, Policy::Strict).rows().len(), 2);
        } else if !text.ends_with('\n') {
            assert_eq!(refusal(text), (FindingKind::Truncated, 2), "{text}");
        }
    }
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_do_no_harm() {
    let text = format!("\u{feff}{}", trade(0, 1, "100", true).replace('\n', "\r\n"));

    assert_eq!(read(&text, Policy::Strict).rows().len(), 1);
}

#[test]
fn other_streams_and_other_instruments_are_counted() {
    let text = line(0, r#"{"stream":"btcusdt@kline_1m","data":{"e":[1,{"b":"x"}],"a":5}}"#)
        + &trade(1, 1, "100", true)
        + &trade(2, 2, "100", true).replace("BTCUSDT", "ETHUSDT");
    let mut reader = Reader::new(Settings {
        price_step: Step::new("0.01").unwrap(),
        quantity_step: Step::new("0.001").unwrap(),
        policy: Policy::Strict,
        symbol: Some("ETHUSDT".to_owned()),
    });
    reader.push(text.as_bytes()).unwrap();

    let summary = reader.summary();
    assert_eq!((summary.unknown_streams, summary.other_symbols, summary.trades), (1, 1, 1));
    assert_eq!(summary.symbol, "ETHUSDT");
}

#[test]
fn an_empty_side_is_a_quote_without_price_and_quantity() {
    let text = quote(0, 1, "0.00", "100.01").replace("1.000", "0.000");

    assert_eq!(levels(read(&text, Policy::Strict).rows())[0], (0, 0, 0, 0));
}

#[test]
fn all_findings_are_counted_and_the_first_are_kept() {
    let reader = read(&"x\n".repeat(1_000), Policy::Repair);

    assert_eq!(reader.findings().kept().len(), FINDINGS_KEPT_MAX);
    assert_eq!(reader.findings().count(FindingKind::Malformed), 1_000);
    assert_eq!(reader.findings().total(), 1_000);
}
