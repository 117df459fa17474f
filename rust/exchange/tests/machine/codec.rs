//! Commands as bytes: what is written reads back, and nothing else reads at all.

use crate::flow::Flow;
use exchange::codec::{decode, encode};
use exchange::command::AccountModel;

fn commands() -> impl Iterator<Item = exchange::command::Command> {
    let mut flow = Flow::new(3, AccountModel::Cash);
    (0..20_000).map(move |_| flow.next())
}

#[test]
fn every_command_reads_back_as_it_was_written() {
    let mut kinds = std::collections::BTreeSet::new();
    for command in commands() {
        let mut bytes = Vec::new();
        encode(&command, &mut bytes);
        assert_eq!(decode(&bytes), Ok(command));
        kinds.insert(command.action.kind());
    }
    assert_eq!(kinds.len(), exchange::command::CommandKind::ALL.len(), "every kind was tried");
}

#[test]
fn a_command_cut_or_lengthened_is_refused() {
    for command in commands().take(2_000) {
        let mut bytes = Vec::new();
        encode(&command, &mut bytes);
        for end in 0..bytes.len() {
            assert!(decode(&bytes[..end]).is_err(), "{command:?} cut at {end}");
        }
        bytes.push(0);
        assert!(decode(&bytes).is_err());
    }
}

#[test]
fn what_decodes_encodes_to_the_same_bytes() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for command in commands().take(4_000) {
        let mut bytes = Vec::new();
        encode(&command, &mut bytes);
        for _ in 0..8 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let mut changed = bytes.clone();
            let place = (state >> 33) as usize % changed.len();
            changed[place] = (state >> 20) as u8;
            if let Ok(read) = decode(&changed) {
                let mut again = Vec::new();
                encode(&read, &mut again);
                assert_eq!(again, changed);
            }
        }
    }
}
