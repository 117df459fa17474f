//! The bodies of the fuzz targets over the committed seeds and thousands of changes of them.
//!
//! `CROSSBOOK_BLESS=1 cargo test --package crossbook-fuzz` writes the seeds anew. A fuzzer's finding becomes
//! a seed by copying it to `seeds/<target>/`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::cast_possible_truncation)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crossbook_fuzz::{Compact, RECORD_BYTES, market};
use exchange::book::FastBook;
use exchange::codec::encode;
use exchange::command::{AccountModel, Action, Command, CommandKind};
use exchange::units::NO_PRICE;

/// Changes of each seed that a plain test tries.
const CHANGES_OF_A_SEED: u64 = 1_500;

/// A stream of random words (SplitMix64: Steele, Lea and Flood, 2014, doi:10.1145/2714064.2660195).
struct Draw(u64);

impl Draw {
    fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^ (word >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.word() % end.max(1) as u64) as usize
    }
}

/// Changes bytes in one to four places: a bit, a byte, an edge of an integer, a cut, a repeat.
fn change(draw: &mut Draw, bytes: &mut Vec<u8>) {
    for _ in 0..=draw.below(4) {
        let place = draw.below(bytes.len());
        if place >= bytes.len() {
            return;
        }
        match draw.below(6) {
            0 => bytes[place] ^= 1 << draw.below(8),
            1 => bytes[place] = draw.word() as u8,
            2 => bytes[place] = [0, 1, 0x7f, 0x80, 0xff][draw.below(5)],
            3 => {
                let edge = [0, 1, u64::MAX, 1 << 63, 1 << 40, 1 << 52, 1 << 62][draw.below(7)];
                for (to, from) in bytes[place..].iter_mut().zip(u64::to_le_bytes(edge)) {
                    *to = from;
                }
            }
            4 => bytes.truncate(place),
            _ => {
                let end = (place + 1 + draw.below(RECORD_BYTES)).min(bytes.len());
                let part = bytes[place..end].to_vec();
                bytes.splice(place..place, part);
            }
        }
    }
}

fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target)
}

/// The committed seeds of a target, by rising name; written anew first when blessing.
fn seeds(target: &str, made: impl FnOnce() -> Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let folder = folder(target);
    if std::env::var_os("CROSSBOOK_BLESS").is_some() {
        std::fs::create_dir_all(&folder).unwrap();
        for (number, bytes) in made().iter().enumerate() {
            std::fs::write(folder.join(format!("made-{number:02}")), bytes).unwrap();
        }
    }
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// Runs a body over seeds and changes of them.
fn try_all(seeds: &[Vec<u8>], changes: u64, body: fn(&[u8])) {
    body(&[]);
    for (number, seed) in seeds.iter().enumerate() {
        body(seed);
        let mut draw = Draw(number as u64);
        for _ in 0..changes {
            let mut bytes = seed.clone();
            change(&mut draw, &mut bytes);
            body(&bytes);
        }
    }
}

/// Random bytes, as the compact form reads them.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut draw = Draw(seed);
    (0..length).map(|_| draw.word() as u8).collect()
}

/// One command of each kind.
fn commands_of_every_kind() -> Vec<Vec<u8>> {
    let noise = noise(5, 60_000);
    let mut seen = BTreeSet::new();
    Compact::new(&noise)
        .filter(|command| seen.insert(command.action.kind()))
        .map(|command| {
            let mut bytes = Vec::new();
            encode(&command, &mut bytes);
            bytes
        })
        .collect()
}

/// A short market in records, for one account model.
fn records(model: u8) -> Vec<u8> {
    let none = NO_PRICE;
    // Kind, side, order type, time in force, flags, mode; account, instrument; order id; price, stop price,
    // quantity, display.
    type Row = ([u8; 6], [u32; 2], u64, [i64; 2], [u64; 2]);
    let rows: [Row; 16] = [
        ([CommandKind::NewOrder as u8, 1, 0, 0, 0, 0], [4, 1], 0, [101, none], [20, 4]),
        ([CommandKind::NewOrder as u8, 0, 0, 0, 0, 0], [3, 1], 0, [99, none], [20, 0]),
        ([CommandKind::NewOrder as u8, 0, 3, 0, 0, 0], [2, 1], 0, [103, 101], [5, 0]),
        ([CommandKind::NewOrder as u8, 0, 0, 0, 0, 0], [1, 1], 0, [101, none], [6, 0]),
        ([CommandKind::NewOrder as u8, 1, 1, 2, 0, 0], [2, 1], 0, [none, none], [3, 0]),
        ([CommandKind::NewOrder as u8, 0, 0, 3, 0, 0], [3, 2], 0, [100, none], [10, 0]),
        ([CommandKind::NewOrder as u8, 1, 0, 1, 1, 0], [4, 2], 0, [105, none], [10, 0]),
        ([CommandKind::NewOrder as u8, 1, 0, 0, 2, 0], [1, 1], 0, [110, none], [2, 0]),
        ([CommandKind::Replace as u8, 0, 0, 0, 0, 0], [3, 0], 2, [100, none], [25, 0]),
        ([CommandKind::Cancel as u8, 0, 0, 0, 0, 0], [4, 0], 1, [0, 0], [0, 0]),
        ([CommandKind::SetMark as u8, 0, 0, 0, 0, 0], [0, 1], 0, [60, 0], [0, 0]),
        ([CommandKind::Deposit as u8, 0, 0, 0, 0, 0], [1, 0], 0, [0, 0], [500, 0]),
        ([CommandKind::SetPhase as u8, 0, 0, 0, 0, 1], [0, 5], 0, [0, 0], [0, 0]),
        ([CommandKind::NewOrder as u8, 0, 0, 0, 0, 0], [3, 5], 0, [100, none], [2, 0]),
        ([CommandKind::Uncross as u8, 0, 0, 0, 0, 0], [0, 5], 0, [0, 0], [0, 0]),
        ([CommandKind::Settle as u8, 0, 0, 0, 0, 0], [0, 2], 0, [95, 0], [0, 0]),
    ];
    let mut bytes = vec![model];
    for (time, ([kind, side, order_type, force, flags, mode], who, id, prices, lots)) in (1_i64..).zip(rows) {
        bytes.extend([kind, side, order_type, force, flags, 0, mode, 0]);
        bytes.extend(who.iter().flat_map(|number| number.to_le_bytes()));
        bytes.extend(time.to_le_bytes());
        bytes.extend([id, 0].iter().flat_map(|number| number.to_le_bytes()));
        bytes.extend(prices.iter().flat_map(|price| price.to_le_bytes()));
        bytes.extend(lots.iter().flat_map(|number| number.to_le_bytes()));
        bytes.extend([0; 8]);
    }
    bytes
}

/// The snapshot of a market after some orders.
fn snapshot(model: AccountModel) -> Vec<u8> {
    let mut exchange = market::<FastBook>(model);
    let is_order = |command: &Command| matches!(command.action, Action::NewOrder(_) | Action::Replace(_));
    for command in Compact::new(&noise(9, 900)).filter(is_order) {
        let _ = exchange.apply(&command);
    }
    assert!(exchange.order_count() > 2, "orders rest in the snapshot");
    exchange.snapshot()
}

#[test]
fn bytes_are_refused_or_are_what_their_command_encodes_to() {
    let seeds = seeds("decode", commands_of_every_kind);
    assert_eq!(seeds.len(), CommandKind::ALL.len());
    try_all(&seeds, 20_000, crossbook_fuzz::decode);
}

#[test]
fn no_record_makes_the_state_unsound() {
    let seeds = seeds("records", || (0..3).map(records).collect());
    assert!(seeds.len() >= 3);
    try_all(&seeds, CHANGES_OF_A_SEED, crossbook_fuzz::records);
}

#[test]
fn no_bytes_restore_to_an_unsound_state() {
    let models = [AccountModel::Cash, AccountModel::Margin, AccountModel::Game];
    let seeds = seeds("restore", || models.map(snapshot).to_vec());
    assert!(seeds.len() >= 3);
    try_all(&seeds, CHANGES_OF_A_SEED, crossbook_fuzz::restore);
}

#[test]
fn random_bytes_make_markets_and_not_only_refusals() {
    let (mut taken, mut given) = (0, 0);
    for seed in 0..40 {
        let mut exchange = market::<FastBook>(AccountModel::Game);
        for command in Compact::new(&noise(seed, 700)) {
            taken += u32::from(exchange.apply(&command).is_ok());
            given += 1;
        }
    }
    assert!(taken * 3 > given, "{taken} of {given} commands were taken");
}

#[test]
fn both_books_agree_on_any_commands() {
    let made = |model: u8| [vec![model], noise(u64::from(model) + 20, 700)].concat();
    let seeds = seeds("agree", || (0..6).map(made).collect());
    assert!(seeds.len() >= 6);
    try_all(&seeds, CHANGES_OF_A_SEED, crossbook_fuzz::agree);
}
