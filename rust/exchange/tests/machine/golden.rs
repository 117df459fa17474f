//! What the machine answered once, it answers for ever.
//!
//! `golden/*.txt` are small markets to read, each a script with every event that it causes; `golden/*.journal`
//! are random commands in their byte form, with the hashes that they lead to in `golden/journals.txt`. Both
//! books must give exactly what stands there. `CROSSBOOK_BLESS=1 cargo test --test machine golden` writes the answers
//! anew, for a change of meaning that is meant; the bytes of a journal are written only where there are none.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use exchange::book::{Book, FastBook, ReferenceBook};
use exchange::codec::{decode, encode};
use exchange::command::{AccountModel, Action, CommandKind, Limits};
use exchange::event::EventKind;
use exchange::units::{AccountId, InstrumentId, PriceTicks};
use exchange::{Config, Exchange};

use crate::{flow, script};

/// Random commands of one journal.
const JOURNAL_COMMANDS: usize = 700;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn is_blessing() -> bool {
    std::env::var_os("CROSSBOOK_BLESS").is_some()
}

fn scripts() -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "txt") && !path.ends_with("journals.txt"))
        .collect();
    paths.sort();
    paths
}

/// Holds an answer against a file, or writes it there when blessing.
fn hold_against(path: &Path, answer: &str) {
    if is_blessing() {
        return std::fs::write(path, answer).unwrap();
    }
    let golden = std::fs::read_to_string(path).unwrap();
    for (number, (now, then)) in answer.lines().zip(golden.lines()).enumerate() {
        assert_eq!(now, then, "{}:{} is not what it was", path.display(), number + 1);
    }
    assert_eq!(answer, golden, "{} is not what it was", path.display());
}

#[test]
fn every_script_gives_what_it_gave_over_both_books_and_together_they_show_every_event() {
    let mut seen = BTreeSet::new();
    let paths = scripts();
    assert!(paths.len() >= 12, "the scripts are where they should be");
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let answer = script::run::<FastBook>(&text);
        assert_eq!(answer, script::run::<ReferenceBook>(&text), "{}", path.display());
        hold_against(&path, &answer);
        let events = answer.lines().filter_map(|line| line.strip_prefix("  "));
        seen.extend(events.map(|event| event.split(' ').nth(1).unwrap().to_owned()));
    }
    let missing: Vec<_> = EventKind::ALL.iter().filter(|kind| !seen.contains(kind.name())).collect();
    assert!(missing.is_empty(), "no script shows {missing:?}");
}

/// What random commands seldom come to, for the end of a journal.
fn rare() -> [Action; 5] {
    let (spot, scalar, put) = (InstrumentId::new(1), InstrumentId::new(2), InstrumentId::new(4));
    let limits = Limits { order_lots: 50, ..Limits::default() };
    [
        Action::SetLimits { account: AccountId::new(1), limits },
        Action::MassCancel { account: AccountId::NONE, instrument: spot },
        Action::SetIncrements { instrument: spot, price_step: 5, lot_step: 10 },
        Action::Expire { instrument: put, spot: PriceTicks::new(75) },
        Action::Settle { instrument: scalar, value: PriceTicks::new(120) },
    ]
}

/// Random commands and the rare ones, each as its length in two bytes and its own bytes.
fn write_journal(model: AccountModel) -> Vec<u8> {
    let mut exchange = Exchange::<FastBook>::new(Config { model, ..Config::default() });
    let mut flow = flow::Flow::new(41, model);
    let mut journal = Vec::new();
    let mut last = rare().into_iter();
    for step in 0.. {
        let mut command = flow.next();
        if step >= JOURNAL_COMMANDS {
            let Some(action) = last.next() else { break };
            command.action = action;
        }
        let mut bytes = Vec::new();
        encode(&command, &mut bytes);
        journal.extend((bytes.len() as u16).to_le_bytes());
        journal.extend(bytes);
        let _ = exchange.apply(&command);
        flow.learn(exchange.events());
        exchange.clear_events();
    }
    assert!(flow.seen_kinds() > 15);
    journal
}

/// Replays a journal over a book; the kinds of command in it are added to `kinds`.
fn replay<B: Book>(
    model: AccountModel,
    mut journal: &[u8],
    kinds: &mut BTreeSet<CommandKind>,
) -> Exchange<B> {
    let mut exchange = Exchange::<B>::new(Config { model, ..Config::default() });
    while let Some((length, rest)) = journal.split_first_chunk::<2>() {
        let (bytes, rest) = rest.split_at(usize::from(u16::from_le_bytes(*length)));
        journal = rest;
        let command = decode(bytes).unwrap();
        let mut again = Vec::new();
        encode(&command, &mut again);
        assert_eq!(again, bytes);
        kinds.insert(command.action.kind());
        let _ = exchange.apply(&command);
    }
    assert!(journal.is_empty());
    exchange.check().unwrap();
    exchange
}

#[test]
fn every_journal_leads_to_the_hashes_it_led_to() {
    let mut answer = String::from("# model commands events state_hash event_hash\n");
    let mut kinds = BTreeSet::new();
    for model in [AccountModel::Cash, AccountModel::Margin, AccountModel::Game] {
        let path = folder().join(format!("{}.journal", model.name().to_lowercase()));
        if is_blessing() && !path.exists() {
            std::fs::write(&path, write_journal(model)).unwrap();
        }
        let journal = std::fs::read(&path).unwrap();
        let fast = replay::<FastBook>(model, &journal, &mut kinds);
        let plain = replay::<ReferenceBook>(model, &journal, &mut kinds);
        let hashes = (fast.state_hash(), fast.event_hash());
        assert_eq!(hashes, (plain.state_hash(), plain.event_hash()));
        let (commands, events) = (fast.commands(), fast.sequence());
        writeln!(answer, "{} {commands} {events} {:016x} {:016x}", model.name(), hashes.0, hashes.1).unwrap();
    }
    assert_eq!(kinds.len(), CommandKind::ALL.len(), "the journals hold every kind of command");
    hold_against(&folder().join("journals.txt"), &answer);
}
