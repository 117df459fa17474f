//! A flow in a file, so that a run whose instructions are counted need not make it.
//!
//! Layout: the numbers of opening messages, of messages and of book numbers as little-endian `u64`, then
//! the messages of 40 bytes each, then the book numbers of two.

use std::io::{Error, ErrorKind, Result, Write};

use exchange::matcher::Message;

use crate::flow::Flow;

const MESSAGE_BYTES: usize = 40;

fn encode(message: &Message) -> [u8; MESSAGE_BYTES] {
    let mut bytes = [0; MESSAGE_BYTES];
    bytes[0] = message.kind;
    bytes[8..16].copy_from_slice(&message.order_id.to_le_bytes());
    bytes[16..24].copy_from_slice(&message.sequence.to_le_bytes());
    bytes[24..32].copy_from_slice(&message.price_ticks.to_le_bytes());
    bytes[32..36].copy_from_slice(&message.quantity_lots.to_le_bytes());
    bytes[36] = message.side;
    bytes[37] = message.immediate_or_cancel;
    bytes
}

fn word(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte))
}

fn decode(bytes: &[u8]) -> Message {
    Message {
        kind: bytes[0],
        order_id: word(&bytes[8..16]),
        sequence: word(&bytes[16..24]),
        price_ticks: word(&bytes[24..32]) as i64,
        quantity_lots: word(&bytes[32..36]) as u32,
        side: bytes[36],
        immediate_or_cancel: bytes[37],
        ..Message::default()
    }
}

/// Writes a flow.
pub fn write(flow: &Flow, path: &str) -> Result<()> {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    for count in [flow.opening.len(), flow.messages.len(), flow.books.len()] {
        file.write_all(&(count as u64).to_le_bytes())?;
    }
    for message in flow.opening.iter().chain(&flow.messages) {
        file.write_all(&encode(message))?;
    }
    for book in &flow.books {
        file.write_all(&book.to_le_bytes())?;
    }
    file.flush()
}

/// Reads a flow.
pub fn read(path: &str) -> Result<Flow> {
    let bytes = std::fs::read(path)?;
    let broken = || Error::new(ErrorKind::InvalidData, "not a stored flow");
    let (head, body) = bytes.split_at_checked(24).ok_or_else(broken)?;
    let counts: Vec<usize> = head.chunks(8).map(|bytes| word(bytes) as usize).collect();
    let end = (counts[0] + counts[1]) * MESSAGE_BYTES;
    let (records, books) = body.split_at_checked(end).ok_or_else(broken)?;
    let mut opening: Vec<Message> = records.chunks_exact(MESSAGE_BYTES).map(decode).collect();
    let messages = opening.split_off(counts[0]);
    let books: Vec<u16> = books.chunks_exact(2).map(|bytes| word(bytes) as u16).collect();
    if books.len() == counts[2] { Ok(Flow { opening, messages, books }) } else { Err(broken()) }
}
