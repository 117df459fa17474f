//! A bell between the writer thread and an event loop: a pipe that holds a byte while there is news.
//!
//! An event loop can wait for it beside its sockets, on every system. However often the bell is rung before it is
//! heard, the pipe holds two bytes at most, so ringing never blocks.

use std::io::{PipeReader, PipeWriter, Read, Result, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The end that the writer thread rings.
#[derive(Debug)]
pub(crate) struct Bell {
    pipe: PipeWriter,
    rung: Arc<AtomicBool>,
}

/// The end that the event loop hears.
#[derive(Debug)]
pub(crate) struct Ear {
    pub(crate) pipe: PipeReader,
    rung: Arc<AtomicBool>,
}

/// Makes a bell.
///
/// # Errors
/// The system has no pipe left.
pub(crate) fn bell() -> Result<(Bell, Ear)> {
    let (reader, writer) = std::io::pipe()?;
    let rung = Arc::new(AtomicBool::new(false));
    Ok((Bell { pipe: writer, rung: rung.clone() }, Ear { pipe: reader, rung }))
}

impl Bell {
    /// Rings, unless it was rung and not heard yet.
    pub(crate) fn ring(&self) {
        if !self.rung.swap(true, Ordering::AcqRel) {
            // Nobody listens any more once the other end is gone, which is no failure of the ringer.
            let _ = (&self.pipe).write(&[1]);
        }
    }
}

impl Ear {
    /// Takes back what was rung. What happened before the ring is seen by whoever reads after this.
    ///
    /// # Errors
    /// The pipe cannot be read.
    pub(crate) fn hear(&self) -> Result<()> {
        if self.rung.swap(false, Ordering::AcqRel) {
            // The ringer is about to write this byte, or has.
            (&self.pipe).read_exact(&mut [0])?;
        }
        Ok(())
    }
}
