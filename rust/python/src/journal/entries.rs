//! What the payloads of a journal's entries mean.
//!
//! A note's payload is the caller's. A command's begins with a byte that tells what it is: below 128 it is the command's
//! own kind ([`exchange::codec`]); above, it is one of the two below. Integers are little-endian.

use exchange::Exchange as Machine;
use exchange::book::{Book, FastBook};
use exchange::codec::{CommandRecord, decode};

/// A record that means no command: the core refused it, and its event is part of the hash, so it is kept whole.
const MALFORMED: u8 = 128;
/// Where the events stood after the batch that it ends.
const SEAL: u8 = 129;

/// Bytes of a record.
const RECORD_BYTES: usize = 80;
/// Longest payload of a command: an instrument's description is the longest, with its kind and time.
pub(crate) const COMMAND_BYTES_MAX: usize = 128;

/// Where the events of an exchange stand: two that agree went the same way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Standing {
    /// Sequence number of the last event.
    pub(crate) sequence: u64,
    /// The running hash over every event.
    pub(crate) event_hash: u64,
}

impl Standing {
    pub(crate) fn of<B: Book>(machine: &Machine<B>) -> Self {
        Self { sequence: machine.sequence().get(), event_hash: machine.event_hash() }
    }

    pub(crate) fn write(self, bytes: &mut Vec<u8>) {
        bytes.push(SEAL);
        bytes.extend(self.sequence.to_le_bytes());
        bytes.extend(self.event_hash.to_le_bytes());
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (sequence, rest) = bytes.split_first_chunk()?;
        let event_hash = rest.try_into().ok()?;
        Some(Self { sequence: u64::from_le_bytes(*sequence), event_hash: u64::from_le_bytes(event_hash) })
    }
}

/// Carries out the payload of a command; a refusal by the market is an event as it was then.
///
/// # Errors
/// What is wrong with it, as the end of a sentence that names it.
#[inline]
pub(crate) fn carry_out(machine: &mut Machine<FastBook>, payload: &[u8]) -> Result<(), String> {
    match payload.split_first() {
        Some((&SEAL, rest)) => match Standing::read(rest) {
            Some(standing) if standing == Standing::of(machine) => {}
            Some(standing) => return Err(otherwise(standing, Standing::of(machine))),
            None => return Err("ends in a seal that cannot be read".to_owned()),
        },
        Some((&MALFORMED, record)) => match read_record(record) {
            Some(record) if record.action().is_err() => drop(machine.apply_record(&record)),
            _ => {
                return Err(
                    "is followed by a record that was kept as one without meaning, and has one".to_owned()
                );
            }
        },
        _ => match decode(payload) {
            Ok(command) => drop(machine.apply(&command)),
            Err(error) => return Err(format!("is followed by one that cannot be read: {error}")),
        },
    }
    Ok(())
}

/// Whether a payload is a seal, after which nothing of its batch is left.
#[inline]
pub(crate) fn is_seal(payload: &[u8]) -> bool {
    payload.first() == Some(&SEAL)
}

#[cold]
fn otherwise(then: Standing, now: Standing) -> String {
    format!(
        "leads elsewhere than when it was carried out: to event {} with hash {:016x}, not to event {} with hash {:016x}; \
         another version of the core wrote this journal",
        now.sequence, now.event_hash, then.sequence, then.event_hash
    )
}

/// Appends a record field by field.
pub(crate) fn write_record(record: &CommandRecord, bytes: &mut Vec<u8>) {
    bytes.push(MALFORMED);
    bytes.extend([
        record.kind,
        record.side,
        record.order_type,
        record.time_in_force,
        record.flags,
        record.self_trade,
        record.mode,
        record.reserved,
    ]);
    bytes.extend(record.account.to_le_bytes());
    bytes.extend(record.instrument.to_le_bytes());
    bytes.extend(record.time_ns.to_le_bytes());
    bytes.extend(record.order_id.to_le_bytes());
    bytes.extend(record.client_order_id.to_le_bytes());
    bytes.extend(record.price.to_le_bytes());
    bytes.extend(record.stop_price.to_le_bytes());
    bytes.extend(record.quantity.to_le_bytes());
    bytes.extend(record.display.to_le_bytes());
    bytes.extend(record.expiry_ns.to_le_bytes());
}

fn read_record(bytes: &[u8]) -> Option<CommandRecord> {
    let bytes: &[u8; RECORD_BYTES] = bytes.try_into().ok()?;
    let (&[kind, side, order_type, time_in_force, flags, self_trade, mode, reserved], rest) =
        bytes.split_first_chunk()?;
    let (account, rest) = rest.split_first_chunk()?;
    let (instrument, rest) = rest.split_first_chunk()?;
    let mut words = rest.chunks_exact(8).map(|word| word.try_into().map_or(0, u64::from_le_bytes));
    let mut word = || words.next();
    Some(CommandRecord {
        kind,
        side,
        order_type,
        time_in_force,
        flags,
        self_trade,
        mode,
        reserved,
        account: u32::from_le_bytes(*account),
        instrument: u32::from_le_bytes(*instrument),
        time_ns: word()?.cast_signed(),
        order_id: word()?,
        client_order_id: word()?,
        price: word()?.cast_signed(),
        stop_price: word()?.cast_signed(),
        quantity: word()?,
        display: word()?,
        expiry_ns: word()?.cast_signed(),
    })
}
