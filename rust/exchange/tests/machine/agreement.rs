//! The whole machine over the fast and the reference book: equal event for event, and sound at every step.

use crate::flow::Flow;
use exchange::book::{FastBook, ReferenceBook};
use exchange::command::AccountModel;
use exchange::{Config, Exchange};

/// Runs one seed over both books and audits as it goes.
fn run(model: AccountModel, seed: u64, commands: u32, audit_every: u32) {
    let config = Config { model, table_seed: seed, ..Config::default() };
    let mut fast = Exchange::<FastBook>::new(config);
    let mut plain = Exchange::<ReferenceBook>::new(config);
    let mut flow = Flow::new(seed, model);
    for step in 0..commands {
        let command = flow.next();
        let sequence = fast.sequence().get();
        let before = (step % audit_every == 0).then(|| fast.state_hash());
        let one = fast.apply(&command);
        let two = plain.apply(&command);
        assert_eq!(one, two, "model {model:?} seed {seed} step {step} {command:?}");
        assert_eq!(fast.events(), plain.events(), "model {model:?} seed {seed} step {step} {command:?}");
        let mut expected = sequence;
        for event in fast.events() {
            expected += 1;
            assert_eq!(event.sequence, expected);
        }
        if one.is_err() {
            assert_eq!(fast.events().len(), 1, "a refused command has one event");
            if let Some(before) = before {
                assert_eq!(fast.state_hash(), before, "a refused command changes nothing: {command:?}");
            }
        }
        flow.learn(fast.events());
        fast.clear_events();
        plain.clear_events();
        if step % audit_every == 0
            && let Err(broken) = fast.check()
        {
            panic!("model {model:?} seed {seed} step {step} {command:?}: {broken}");
        }
    }
    assert_eq!(fast.event_hash(), plain.event_hash());
    fast.check().unwrap();
    assert!(flow.seen_kinds() > 15, "the flow reaches most kinds of event: {}", flow.seen_kinds());
    continues_from_its_snapshot(fast, flow);
}

/// A state read back from its bytes, into the other book, is the same state and goes on the same way.
fn continues_from_its_snapshot(mut live: Exchange<FastBook>, mut flow: Flow) {
    let bytes = live.snapshot();
    let mut restored = Exchange::<ReferenceBook>::restore(&bytes).unwrap();
    assert_eq!(restored.snapshot(), bytes);
    assert_eq!(restored.state_hash(), live.state_hash());
    for _ in 0..300 {
        let command = flow.next();
        assert_eq!(live.apply(&command), restored.apply(&command));
        assert_eq!(live.events(), restored.events());
        flow.learn(live.events());
        live.clear_events();
        restored.clear_events();
    }
    assert_eq!(restored.event_hash(), live.event_hash());
    assert_eq!(restored.state_hash(), live.state_hash());
}

#[test]
fn cash_accounts_agree_and_stay_sound_after_every_command() {
    for seed in 1..=12 {
        run(AccountModel::Cash, seed, 4_000, 1);
    }
}

#[test]
fn margin_accounts_agree_and_stay_sound_after_every_command() {
    for seed in 1..=12 {
        run(AccountModel::Margin, seed, 4_000, 1);
    }
}

#[test]
fn game_accounts_agree_and_stay_sound_after_every_command() {
    for seed in 1..=12 {
        run(AccountModel::Game, seed, 4_000, 1);
    }
}

#[test]
fn a_million_random_commands_give_the_same_events_over_both_books() {
    for model in [AccountModel::Cash, AccountModel::Margin, AccountModel::Game] {
        for seed in 100..=166 {
            run(model, seed, 6_000, 500);
        }
    }
}

/// A state of a few hundred commands.
fn small_state(model: AccountModel) -> Exchange<FastBook> {
    let mut exchange = Exchange::<FastBook>::new(Config { model, ..Config::default() });
    let mut flow = Flow::new(7, model);
    for _ in 0..400 {
        let _ = exchange.apply(&flow.next());
        flow.learn(exchange.events());
        exchange.clear_events();
    }
    exchange
}

#[test]
fn a_snapshot_cut_anywhere_is_refused() {
    let bytes = small_state(AccountModel::Cash).snapshot();
    for end in 0..bytes.len() {
        assert!(Exchange::<FastBook>::restore(&bytes[..end]).is_err(), "cut at {end}");
    }
    let mut longer = bytes;
    longer.push(0);
    assert!(Exchange::<FastBook>::restore(&longer).is_err());
}

#[test]
fn a_snapshot_with_a_flipped_bit_is_refused() {
    let bytes = small_state(AccountModel::Margin).snapshot();
    for place in 0..bytes.len() {
        for bit in [0, 3, 7] {
            let mut damaged = bytes.clone();
            damaged[place] ^= 1 << bit;
            assert!(Exchange::<FastBook>::restore(&damaged).is_err(), "byte {place} bit {bit}");
        }
    }
}

#[test]
fn a_forged_snapshot_with_a_right_checksum_never_brings_the_core_down() {
    for model in [AccountModel::Cash, AccountModel::Margin, AccountModel::Game] {
        let bytes = small_state(model).snapshot();
        for place in 8..bytes.len() - 8 {
            for value in [0, 1, 0x7f, 0x80, 0xff] {
                let mut forged = bytes.clone();
                forged[place] = value;
                let end = forged.len() - 8;
                let hash = exchange::hash::hash_bytes(&forged[..end]).to_le_bytes();
                forged[end..].copy_from_slice(&hash);
                if let Ok(mut restored) = Exchange::<FastBook>::restore(&forged) {
                    let mut flow = Flow::new(9, model);
                    for _ in 0..90 {
                        let _ = restored.apply(&flow.next());
                    }
                }
            }
        }
    }
}
