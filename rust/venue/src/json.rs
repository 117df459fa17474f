//! Pieces of JSON, written to the end of a buffer.

/// Writes a digit.
#[inline]
pub(crate) fn digit(value: u128, out: &mut Vec<u8>) {
    out.push(b'0' + u8::try_from(value % 10).unwrap_or(0));
}

/// Writes a whole number.
pub(crate) fn integer(value: i128, out: &mut Vec<u8>) {
    if value < 0 {
        out.push(b'-');
    }
    unsigned(value.unsigned_abs(), out);
}

/// Writes a whole number that is not below zero.
pub(crate) fn unsigned(value: u128, out: &mut Vec<u8>) {
    let Ok(mut small) = u64::try_from(value) else {
        unsigned(value / 10, out);
        digit(value, out);
        return;
    };
    let mut digits = [0_u8; 20];
    let mut begin = digits.len();
    for place in digits.iter_mut().rev() {
        *place = b'0' + u8::try_from(small % 10).unwrap_or(0);
        small /= 10;
        begin -= 1;
        if small == 0 {
            break;
        }
    }
    out.extend(digits.get(begin..).unwrap_or_default());
}

/// Writes a whole number as a text of digits, so that no reader loses any.
pub(crate) fn name(number: u64, out: &mut Vec<u8>) {
    out.push(b'"');
    unsigned(u128::from(number), out);
    out.push(b'"');
}

/// Writes a text.
pub(crate) fn text(value: &str, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push(b'"');
    for &byte in value.as_bytes() {
        match byte {
            b'"' | b'\\' => out.extend([b'\\', byte]),
            0..0x20 => {
                let [high, low] = [byte >> 4, byte & 15].map(|nibble| HEX.get(usize::from(nibble)).copied());
                out.extend(b"\\u00");
                out.extend([high.unwrap_or(b'0'), low.unwrap_or(b'0')]);
            }
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}

/// Writes a text, or `null`.
pub(crate) fn maybe_text(value: Option<&str>, out: &mut Vec<u8>) {
    match value {
        Some(value) => text(value, out),
        None => out.extend(b"null"),
    }
}
