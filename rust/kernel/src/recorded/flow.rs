//! The recordings of a simulation, merged with its queue.

use exchange::MAX_OPEN_ORDERS;
use exchange::command::{Action, Limits};
use exchange::units::{AccountId, MAX_ORDER_LOTS, MAX_POSITION_LOTS};

use super::own::OwnBook;
use super::script::Script;
use super::shadow::Shadow;
use crate::agents::recorded::KIND;
use crate::simulation::Simulation;
use crate::spec::Error;
use crate::world::World;

/// Most rows of one recording.
pub(crate) const ROWS_MAX: usize = 1 << 31;

/// The limits of those who stand for everybody: the core's own.
const NO_LIMITS: Limits = Limits {
    order_lots: MAX_ORDER_LOTS,
    position_lots: MAX_POSITION_LOTS.unsigned_abs(),
    open_orders: MAX_OPEN_ORDERS,
};

/// A recording on its way.
#[derive(Clone)]
pub(crate) enum Recording {
    /// Commands on the real book.
    Script(Box<Script>),
    /// A book that nobody changes.
    Tape(Box<Shadow>),
}

impl Recording {
    fn next_time(&self) -> i64 {
        match self {
            Self::Script(script) => script.next_time(),
            Self::Tape(shadow) => shadow.next_time(),
        }
    }

    const fn market(&self) -> u16 {
        match self {
            Self::Script(script) => script.market,
            Self::Tape(shadow) => shadow.market,
        }
    }
}

/// Where to stop: no row after this time, and no more than so many rows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stop {
    pub(crate) time: i64,
    pub(crate) rows: u64,
}

/// All recordings.
#[derive(Clone)]
pub(crate) struct Flow {
    /// In the order in which they were attached; `None` while one is being carried out.
    pub(crate) recordings: Vec<Option<Recording>>,
    /// The agents' orders beside each recording that is a tape.
    pub(crate) own: Vec<OwnBook>,
    /// Whether there is a tape, and so such orders.
    pub(crate) watches: bool,
    /// Queue entries up to this time come before the next row. The last time of all where there is no row.
    pub(crate) hold: i64,
}

impl Default for Flow {
    fn default() -> Self {
        Self { recordings: Vec::new(), own: Vec::new(), watches: false, hold: i64::MAX }
    }
}

impl Flow {
    /// Looks again when the next row is due.
    fn settle(&mut self) {
        let times = self.recordings.iter().flatten().map(Recording::next_time);
        self.hold = match times.min() {
            None | Some(i64::MAX) => i64::MAX,
            Some(time) => time.saturating_sub(1),
        };
    }

    /// Takes a recording in.
    pub(crate) fn add(&mut self, recording: Recording, own: OwnBook) {
        self.watches |= matches!(recording, Recording::Tape(_));
        self.own.push(own);
        self.recordings.push(Some(recording));
        self.settle();
    }

    /// The place of the recording whose row is next, and the last time before another's turn.
    fn next(&self) -> Option<(usize, i64)> {
        let time = |place: usize| {
            self.recordings.get(place).and_then(Option::as_ref).map_or(i64::MAX, Recording::next_time)
        };
        let first = (0..self.recordings.len()).min_by_key(|&place| time(place))?;
        let others = (0..self.recordings.len()).filter(|&place| place != first);
        // At one time the recording that was attached first goes first.
        let turn =
            others.map(|place| if place < first { time(place).saturating_sub(1) } else { time(place) });
        Some((first, turn.min().unwrap_or(i64::MAX)))
    }
}

impl World {
    /// Carries out the rows that are due before the next entry of the queue, up to `limit` and no more than `steps`
    /// of them. False where none is.
    #[inline(never)]
    pub(crate) fn carry_out_rows(&mut self, limit: i64, steps: u64) -> bool {
        if self.flow.hold == i64::MAX || self.flow.hold >= limit {
            return false;
        }
        let Some((place, turn)) = self.flow.next() else { return false };
        let due = self.queue.next_time().unwrap_or(i64::MAX);
        let stop = Stop { time: limit.min(due).min(turn), rows: steps };
        let Some(mut recording) = self.flow.recordings[place].take() else { return false };
        self.queue.soonest = i64::MAX;
        let rows = match &mut recording {
            Recording::Script(script) => script.run(self, stop),
            Recording::Tape(shadow) => shadow.run(self, stop),
        };
        self.steps += rows;
        self.flow.recordings[place] = Some(recording);
        self.flow.settle();
        rows != 0
    }
}

impl Simulation {
    /// The agents of the recorded group of a market that is still without a recording, with no limits on what their
    /// accounts may hold.
    pub(crate) fn stand_ins(&mut self, market: u16, members: u32) -> Result<core::ops::Range<u32>, Error> {
        let place = || format!("recorded.{market}");
        let Some(listed) = self.world.markets.get(usize::from(market)) else {
            return Err(Error::new(place(), "there is no such market"));
        };
        if self.world.flow.recordings.iter().flatten().any(|recording| recording.market() == market) {
            return Err(Error::new(place(), "the market has a recording already"));
        }
        let fits = |group: &&crate::population::Group| {
            group.kind == KIND && group.count >= members && group.markets.contains(&market)
        };
        let Some(group) = self.world.people.groups.iter().find(fits) else {
            let what = format!("needs a group of the kind {KIND} with {members} members in this market");
            return Err(Error::new(place(), what));
        };
        let (agents, venue) = (group.first..group.first + group.count, listed.venue);
        for agent in agents.clone() {
            let account = AccountId::new(self.world.account_of(venue, agent));
            self.world.apply(venue, Action::SetLimits { account, limits: NO_LIMITS });
        }
        Ok(agents)
    }
}
