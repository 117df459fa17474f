//! WebSocket frames: what a server sends is not masked, so that the bytes are ready for the socket of anybody.

use crate::json;

/// RFC 6455, section 5.2: the last frame of a text message.
const TEXT: u8 = 0x81;

/// Writes a text, given in parts, as a frame.
pub fn write_frame(parts: &[&[u8]], out: &mut Vec<u8>) {
    let size = parts.iter().map(|part| part.len()).sum::<usize>();
    out.push(TEXT);
    match (u8::try_from(size), u16::try_from(size)) {
        (Ok(short), _) if short < 126 => out.push(short),
        (_, Ok(medium)) => {
            out.push(126);
            out.extend(medium.to_be_bytes());
        }
        _ => {
            out.push(127);
            out.extend((size as u64).to_be_bytes());
        }
    }
    for part in parts {
        out.extend(*part);
    }
}

/// Writes the frame that answers the message called `id` with data, which are JSON.
pub fn write_reply(id: i64, data: &[u8], out: &mut Vec<u8>) {
    let mut number = Vec::with_capacity(20);
    json::integer(i128::from(id), &mut number);
    write_frame(&[b"{\"type\":\"reply\",\"id\":", &number, b",\"ok\":true,\"data\":", data, b"}"], out);
}

/// Writes the frame of a message of a channel; the data are JSON, the words need no escapes.
pub fn write_message(
    kind: &str,
    channel: &str,
    sequence: u64,
    previous: u64,
    data: &[u8],
    out: &mut Vec<u8>,
) {
    let (mut own, mut before) = (Vec::with_capacity(20), Vec::with_capacity(20));
    json::unsigned(u128::from(sequence), &mut own);
    json::unsigned(u128::from(previous), &mut before);
    write_frame(
        &[
            b"{\"type\":\"",
            kind.as_bytes(),
            b"\",\"channel\":\"",
            channel.as_bytes(),
            b"\",\"sequence\":",
            &own,
            b",\"previous\":",
            &before,
            b",\"data\":",
            data,
            b"}",
        ],
        out,
    );
}
