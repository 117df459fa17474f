//! What must hold of the matching core for any bytes whatever.
//!
//! Each function here is the body of one fuzz target, and of a plain test that runs it over the committed
//! seeds and some thousands of changes of them. A body returns where all is well and panics where a promise
//! is broken. It must not depend on anything but its bytes, so that what was found can be run again.

#![forbid(unsafe_code)]
// A body stops by panicking; that is how a fuzzer hears of it.
#![allow(clippy::panic, clippy::expect_used)]

mod compact;
mod market;

pub use compact::Compact;
pub use market::{market, record_of_bytes};

use exchange::Exchange;
use exchange::book::{Book, FastBook, ReferenceBook};
use exchange::codec;
use exchange::command::{AccountModel, Action, Command, Phase};
use exchange::hash::hash_bytes;
use exchange::reject::Reject;
use exchange::units::{AccountId, InstrumentId, PriceTicks, TimeNs};

/// Most commands of one input: what follows is not looked at, so that one run stays short.
pub const COMMANDS_MAX: usize = 96;
/// Bytes of a command record.
pub const RECORD_BYTES: usize = 80;

/// The account model that an input's first byte chooses.
fn model_of(byte: u8) -> AccountModel {
    match byte % 3 {
        0 => AccountModel::Cash,
        1 => AccountModel::Margin,
        _ => AccountModel::Game,
    }
}

/// Bytes as a command: they are refused, or they are what the command encodes to.
pub fn decode(data: &[u8]) {
    if let Ok(command) = codec::decode(data) {
        let mut again = Vec::new();
        codec::encode(&command, &mut again);
        assert_eq!(again, data, "what decodes encodes to the same bytes: {command:?}");
    }
}

/// Bytes as fixed records given to a live exchange: after each the state is sound, the sequence has no gap,
/// and a refused one changed nothing.
pub fn records(data: &[u8]) {
    let Some((&first, rest)) = data.split_first() else { return };
    let mut exchange = market::<FastBook>(model_of(first));
    for chunk in rest.as_chunks::<RECORD_BYTES>().0.iter().take(COMMANDS_MAX) {
        let record = record_of_bytes(chunk);
        let before = (exchange.sequence().get(), exchange.state_hash());
        let result = exchange.apply_record(&record);
        after(&exchange, before, result);
        exchange.clear_events();
    }
}

/// What holds after a command whose events are still there.
fn after<B: Book>(exchange: &Exchange<B>, (sequence, hash): (u64, u64), result: Result<u64, Reject>) {
    for (event, expected) in exchange.events().iter().zip(sequence + 1..) {
        assert_eq!(event.sequence, expected, "the sequence has no gap");
    }
    assert_eq!(exchange.sequence().get(), sequence + exchange.events().len() as u64);
    if result.is_err() {
        assert_eq!(exchange.events().len(), 1, "a refused command has one event");
        assert_eq!(exchange.state_hash(), hash, "a refused command changes nothing");
    }
    sound(exchange);
}

fn sound<B: Book>(exchange: &Exchange<B>) {
    if let Err(broken) = exchange.check() {
        panic!("the state contradicts itself: {broken}");
    }
}

/// Bytes as a stream of small commands: both books answer alike, event for event, and end in one state.
pub fn agree(data: &[u8]) {
    let Some((&first, rest)) = data.split_first() else { return };
    let mut fast = market::<FastBook>(model_of(first));
    let mut plain = market::<ReferenceBook>(model_of(first));
    for command in Compact::new(rest).take(COMMANDS_MAX) {
        let one = fast.apply(&command);
        let two = plain.apply(&command);
        assert_eq!(one, two, "the books disagree about {command:?}");
        assert_eq!(fast.events(), plain.events(), "the books disagree about {command:?}");
        fast.clear_events();
        plain.clear_events();
        sound(&fast);
    }
    sound(&plain);
    assert_eq!((fast.state_hash(), fast.event_hash()), (plain.state_hash(), plain.event_hash()));
    let bytes = fast.snapshot();
    assert_eq!(plain.snapshot(), bytes, "equal states are equal bytes");
    let mut restored = Exchange::<ReferenceBook>::restore(&bytes).expect("a snapshot just taken is restored");
    assert_eq!(restored.snapshot(), bytes, "a state comes back as it was");
    for command in aftermath() {
        assert_eq!(fast.apply(&command), restored.apply(&command));
        assert_eq!(fast.events(), restored.events(), "a restored state goes on the same way");
        fast.clear_events();
        restored.clear_events();
    }
    assert_eq!(fast.event_hash(), restored.event_hash());
}

/// Bytes as a snapshot, as they are and with the frame put right, which no fuzzer would guess: they are
/// refused with a typed error, or they are a sound state that comes back as it was and lives on.
pub fn restore(data: &[u8]) {
    live_on(data);
    live_on(&framed(data));
}

/// Bytes before the body of a snapshot: magic, three words, and the length of the body.
const HEADER_BYTES: usize = 40;

/// The same bytes with the magic, the length and the hash that they would need.
fn framed(data: &[u8]) -> Vec<u8> {
    let content = data.get(..data.len().saturating_sub(8)).unwrap_or_default();
    let (Some(words), Some(body)) = (content.get(8..32), content.get(HEADER_BYTES..)) else {
        return data.to_vec();
    };
    let mut bytes = b"XBKSTAT1".to_vec();
    bytes.extend(words);
    bytes.extend((body.len() as u64).to_le_bytes());
    bytes.extend(body);
    let hash = hash_bytes(&bytes);
    bytes.extend(hash.to_le_bytes());
    bytes
}

/// Restores bytes if they are a snapshot, and lets the state live through what touches every part of it.
fn live_on(bytes: &[u8]) {
    let Ok(restored) = Exchange::<FastBook>::restore(bytes) else { return };
    sound(&restored);
    let canonical = restored.snapshot();
    let mut live = Exchange::<ReferenceBook>::restore(&canonical).expect("a snapshot just taken is restored");
    assert_eq!(live.snapshot(), canonical, "a state comes back as it was");
    for command in aftermath() {
        let before = (live.sequence().get(), live.state_hash());
        let result = live.apply(&command);
        after(&live, before, result);
        live.clear_events();
    }
}

/// Commands that reach every order, position and account of a small state, at the end of time.
fn aftermath() -> Vec<Command> {
    let mut actions = vec![
        Action::AdvanceClock,
        Action::SetPhase { instrument: InstrumentId::new(0), phase: Phase::Continuous },
    ];
    for id in 1..=5 {
        let (account, instrument) = (AccountId::new(id), InstrumentId::new(id));
        actions.push(Action::SetMark { instrument, price: PriceTicks::new(90) });
        actions.push(Action::MassCancel { account: AccountId::NONE, instrument });
        actions.push(Action::MassCancel { account, instrument: InstrumentId::new(0) });
        actions.push(Action::Settle { instrument, value: PriceTicks::new(110) });
    }
    actions.into_iter().map(|action| Command { time: TimeNs::new(i64::MAX), action }).collect()
}
