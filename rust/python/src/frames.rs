//! WebSocket frames of a live venue. The writing itself is the crate `venue`.

use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// What a message to an owner is called, by what it tells of.
const OWNED: [&str; 2] = ["order", "fill"];

/// Return a text as a WebSocket frame.
#[pyfunction]
#[pyo3(signature = (payload, /))]
pub(crate) fn framed<'py>(py: Python<'py>, payload: &[u8]) -> Bound<'py, PyBytes> {
    let mut out = Vec::with_capacity(payload.len() + 10);
    venue::write_frame(&[payload], &mut out);
    PyBytes::new(py, &out)
}

/// Return the frame that answers a message with data, which are JSON.
#[pyfunction]
#[pyo3(signature = (message_id, data, /))]
pub(crate) fn framed_reply<'py>(py: Python<'py>, message_id: i64, data: &[u8]) -> Bound<'py, PyBytes> {
    let mut out = Vec::with_capacity(data.len() + 72);
    venue::write_reply(message_id, data, &mut out);
    PyBytes::new(py, &out)
}

/// Return the frame of a message of a channel.
#[pyfunction]
#[pyo3(signature = (kind, channel, sequence, previous, data, /))]
pub(crate) fn framed_message<'py>(
    py: Python<'py>,
    kind: &str,
    channel: &str,
    sequence: u64,
    previous: u64,
    data: &[u8],
) -> Bound<'py, PyBytes> {
    let mut out = Vec::with_capacity(data.len() + 112);
    venue::write_message(kind, channel, sequence, previous, data, &mut out);
    PyBytes::new(py, &out)
}

type Framed<'py> = (Vec<(u64, u64, Bound<'py, PyBytes>)>, Bound<'py, PyBytes>);

/// Return the frames of messages to an owner, numbered one by one, each by itself and all of them in a row.
#[pyfunction]
#[pyo3(signature = (channel, last, messages, /))]
pub(crate) fn framed_owned<'py>(
    py: Python<'py>,
    channel: &str,
    last: u64,
    messages: Vec<(usize, Bound<'py, PyBytes>)>,
) -> Framed<'py> {
    let mut all = Vec::new();
    let mut each = Vec::with_capacity(messages.len());
    for ((kind, data), previous) in messages.iter().zip(last..) {
        let begin = all.len();
        let kind = OWNED.get(*kind).copied().unwrap_or_default();
        venue::write_message(kind, channel, previous + 1, previous, data.as_bytes(), &mut all);
        let frame = PyBytes::new(py, all.get(begin..).unwrap_or_default());
        each.push((previous, previous + 1, frame));
    }
    (each, PyBytes::new(py, &all))
}
