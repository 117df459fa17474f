//! Those who stand for everybody in a recording. They have no mind: what they do is read from rows that were
//! attached to a market, see [`crate::recorded`].
//!
//! Members 0, 1 and 2 own the orders that a script names, take what traded, and own what shows without a name.
//! Beside a tape, members 0 and 1 are the house, which trades with the users' orders.

use serde::Deserialize;

use crate::context::Context;
use crate::crowd::Crowd;

/// The name as run files spell it.
pub(crate) const KIND: &str = "recorded";

/// No parameters.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {}

impl Params {
    #[allow(clippy::unused_self, clippy::unnecessary_wraps)] // As every kind's.
    pub(crate) const fn check(&self) -> Result<(), &'static str> {
        Ok(())
    }
}

#[derive(Clone)]
struct Recorded;

pub(crate) fn crowd(_params: Params, _count: usize) -> Box<dyn Crowd> {
    Box::new(Recorded)
}

impl Crowd for Recorded {
    fn on_start(&mut self, _who: u32, _context: &mut Context<'_>) {}

    fn on_timer(&mut self, _who: u32, _timer: u32, _context: &mut Context<'_>) {}

    fn copy(&self) -> Box<dyn Crowd> {
        Box::new(self.clone())
    }
}
