//! What holds of the reader for any bytes.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use feeds::{Policy, Row, flag, kind};
use proptest::prelude::*;

use crate::support::{depth, quote, reader, snapshot, trade};

/// Text like that of a recording, with some of it spoilt.
fn spoilt() -> impl Strategy<Value = Vec<u8>> {
    let ids = || 0_u64..12;
    let price =
        || prop::sample::select(vec!["99.99", "100.00", "100.01", "1e9", "-1", "100.001", "100000.00"]);
    let quantity = || prop::sample::select(vec!["0", "1", "0.5"]);
    let side = move || {
        prop::collection::vec((price(), quantity()), 0..4).prop_map(|levels| {
            let levels: Vec<String> = levels.iter().map(|(p, q)| format!(r#"["{p}","{q}"]"#)).collect();
            format!("[{}]", levels.join(","))
        })
    };
    let message = prop_oneof![
        (0_i64..9, ids(), ids(), side(), side()).prop_map(|(t, a, b, bids, asks)| depth(
            t,
            (a, b),
            &bids,
            &asks
        )),
        (0_i64..9, ids(), side(), side()).prop_map(|(t, id, bids, asks)| snapshot(t, id, &bids, &asks)),
        (0_i64..9, ids(), price(), any::<bool>()).prop_map(|(t, id, p, m)| trade(t, id, p, m)),
        (0_i64..9, ids(), price(), price()).prop_map(|(t, id, b, a)| quote(t, id, b, a)),
    ];
    let spoil = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3);
    (prop::collection::vec(message, 0..20), spoil).prop_map(|(lines, spoil)| {
        let mut text = lines.concat().into_bytes();
        if !text.is_empty() {
            for (place, byte) in spoil {
                let place = place.index(text.len());
                text[place] = byte;
            }
        }
        text
    })
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for policy in [Policy::Strict, Policy::Repair] {
            let mut reader = reader(policy);
            let _ = reader.push(&bytes).and_then(|()| reader.finish());
        }
    }

    #[test]
    fn the_size_of_the_pieces_makes_no_difference(text in spoilt(), size in 1_usize..200) {
        for policy in [Policy::Strict, Policy::Repair] {
            let (mut whole, mut pieces) = (reader(policy), reader(policy));
            let done = whole.push(&text).and_then(|()| whole.finish());
            let same = text.chunks(size).try_for_each(|piece| pieces.push(piece)).and_then(|()| pieces.finish());
            prop_assert_eq!(done, same);
            prop_assert_eq!(whole.rows(), pieces.rows());
            prop_assert_eq!(whole.summary(), pieces.summary());
            prop_assert_eq!(whole.findings().kept(), pieces.findings().kept());
        }
    }

    #[test]
    fn repair_gives_rows_that_a_plain_book_can_follow(text in spoilt()) {
        let mut reader = reader(Policy::Repair);
        reader.push(&text).unwrap();
        reader.finish().unwrap();
        let mut book = [std::collections::BTreeMap::new(), std::collections::BTreeMap::new()];
        let mut last = Row::default();
        for (place, row) in reader.rows().iter().enumerate() {
            prop_assert!(row.local_ns >= last.local_ns && row.line >= last.line);
            let ends = reader.rows().get(place + 1).is_none_or(|next| next.line != row.line);
            prop_assert_eq!(row.flags & flag::LAST != 0, ends);
            if row.kind == kind::DEPTH {
                let side = &mut book[usize::from(row.side)];
                if row.quantity == 0 { side.remove(&row.price); } else { side.insert(row.price, row.quantity); }
            }
            if ends && let (Some((bid, _)), Some((ask, _))) = (book[0].last_key_value(), book[1].first_key_value()) {
                prop_assert!(bid < ask, "line {} leaves the book crossed", row.line);
            }
            last = *row;
        }
    }

    #[test]
    fn a_recording_without_a_finding_reads_alike_under_both_policies(text in spoilt()) {
        let mut strict = reader(Policy::Strict);
        let done = strict.push(&text).and_then(|()| strict.finish());
        let mut repair = reader(Policy::Repair);
        repair.push(&text).unwrap();
        repair.finish().unwrap();
        prop_assert_eq!(done.is_ok(), repair.findings().total() == 0);
        prop_assert!(repair.rows().starts_with(strict.rows()));
    }
}
