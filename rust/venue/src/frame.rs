//! Answers as WebSocket frames: what a server sends is not masked, so that the bytes are ready for the socket.

use crate::json;

/// RFC 6455, section 5.2: the last frame of a text message.
const TEXT: u8 = 0x81;

/// Writes the frame that answers the message called `id` with data, which are JSON.
pub fn write_reply(id: i64, data: &[u8], out: &mut Vec<u8>) {
    let mut body = Vec::with_capacity(data.len() + 64);
    body.extend(b"{\"type\":\"reply\",\"id\":");
    json::integer(i128::from(id), &mut body);
    body.extend(b",\"ok\":true,\"data\":");
    body.extend(data);
    body.push(b'}');
    out.push(TEXT);
    let size = body.len();
    if let (Ok(short), true) = (u8::try_from(size), size < 126) {
        out.push(short);
    } else if let Ok(medium) = u16::try_from(size) {
        out.push(126);
        out.extend(medium.to_be_bytes());
    } else {
        out.push(127);
        out.extend((size as u64).to_be_bytes());
    }
    out.extend(body);
}
