//! The loop: take what is due next, carry it out, call whom it concerns.

use exchange::command::Action;
use exchange::event::EventRecord;
use exchange::units::InstrumentId;

use crate::context::Context;
use crate::crowd::{Crowd, Note, NoteKind};
use crate::market::DEPTH_LEVELS;
use crate::record::SampleRecord;
use crate::session::Turn;
use crate::world::{NOBODY, World, what};

/// What a foreign agent is due for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Due {
    /// The simulation begins.
    Start,
    /// A timer of its own.
    Timer(u32),
    /// The best prices of a market changed.
    Book(u16),
    /// A fill, an answer, or a trade that it follows.
    Note(Note),
    /// News.
    News(u32),
    /// A market changed its phase.
    Phase(u16, u8),
}

/// A call to a foreign agent, for the caller of [`Simulation::advance`] to make.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Call {
    /// Whom.
    pub agent: u32,
    /// For what.
    pub due: Due,
}

/// Where the simulation came to rest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// A foreign agent must be called before anything else happens.
    Call(Call),
    /// Everything up to the asked time is done.
    Reached,
    /// So many steps as were allowed are done.
    Paused,
    /// The simulation is over.
    Ended,
}

/// A running simulation. A clone is a fork: it goes on alone, and alike if nobody interferes.
pub struct Simulation {
    pub(crate) world: World,
    /// One for each group; `None` for agents that live elsewhere.
    pub(crate) crowds: Vec<Option<Box<dyn Crowd>>>,
    /// The next agent to start, until all have.
    pub(crate) starting: u32,
}

impl Clone for Simulation {
    fn clone(&self) -> Self {
        Self {
            world: self.world.clone(),
            crowds: self.crowds.iter().map(|crowd| crowd.as_ref().map(|crowd| crowd.copy())).collect(),
            starting: self.starting,
        }
    }
}

impl Simulation {
    /// Runs until the given time is reached, so many steps are done, or a foreign agent is due.
    pub fn advance(&mut self, until: i64, steps: u64) -> Outcome {
        let last = self.world.steps.saturating_add(steps);
        while (self.starting as usize) < self.world.people.len() {
            if self.world.steps >= last {
                return Outcome::Paused;
            }
            let agent = self.starting;
            self.starting += 1;
            // A step like any other: how far a simulation is, is told by its steps and by what was done to it.
            self.world.steps += 1;
            if let Some(call) = self.call(agent, Due::Start) {
                return Outcome::Call(call);
            }
        }
        let limit = until.min(self.world.end);
        while self.world.steps < last {
            let Some(entry) = self.world.queue.pop_until(limit.min(self.world.flow.hold)) else {
                let left = last - self.world.steps;
                if self.world.carry_out_rows(limit, left) {
                    continue;
                }
                self.world.now = self.world.now.max(limit);
                return if limit == self.world.end { Outcome::Ended } else { Outcome::Reached };
            };
            self.world.now = entry.time;
            self.world.steps += 1;
            let mut number = entry.what & !what::KIND;
            let due = match entry.what & what::KIND {
                what::REQUEST => {
                    self.world.arrive(entry.agent, number);
                    continue;
                }
                what::TURN => {
                    self.turn(number);
                    continue;
                }
                what::PUBLISH => {
                    self.world.publish(number);
                    continue;
                }
                what::SAMPLE => {
                    self.sample();
                    continue;
                }
                mut kind => {
                    if kind == what::RESUME {
                        let Some(waited) = self.world.resume(entry.agent) else { continue };
                        (kind, number) = (waited & what::KIND, waited & !what::KIND);
                    } else if self.world.defer(entry.agent, entry.what) {
                        continue;
                    }
                    match kind {
                        what::TIMER => Due::Timer(number),
                        what::BOOK => Due::Book(self.world.see(entry.agent, number)),
                        what::NEWS => Due::News(number),
                        what::PHASE => Due::Phase((number >> 4) as u16, (number & 15) as u8),
                        _ => Due::Note(self.world.notes.take(number)),
                    }
                }
            };
            if let Some(call) = self.call(entry.agent, due) {
                return Outcome::Call(call);
            }
        }
        Outcome::Paused
    }

    /// Calls an agent, or says that somebody else must.
    #[inline(always)]
    fn call(&mut self, agent: u32, due: Due) -> Option<Call> {
        let number = self.world.people.group_of[agent as usize];
        let group = &self.world.people.groups[usize::from(number)];
        let who = agent - group.first;
        if group.latency.compute_ns > 0 {
            self.world.people.busy_until[agent as usize] = self.world.now + group.latency.compute_ns;
        }
        if let Due::Note(note) = &due
            && note.kind == NoteKind::Filled
        {
            self.learn(agent, note);
        }
        self.world.calls += 1;
        let Some(crowd) = self.crowds[usize::from(number)].as_mut() else { return Some(Call { agent, due }) };
        let mut context = Context { world: &mut self.world, agent };
        match &due {
            Due::Start => crowd.on_start(who, &mut context),
            Due::Timer(timer) => crowd.on_timer(who, *timer, &mut context),
            Due::Book(market) => crowd.on_book(who, *market, &mut context),
            Due::News(news) => crowd.on_news(who, *news, &mut context),
            Due::Phase(market, phase) => crowd.on_phase(who, *market, *phase, &mut context),
            Due::Note(note) => match note.kind {
                NoteKind::Filled => crowd.on_fill(who, note, &mut context),
                NoteKind::Printed => crowd.on_trade(who, note.market, &note.print(), &mut context),
                _ => crowd.on_order(who, note, &mut context),
            },
        }
        None
    }

    /// The agent knows of its fill from now on.
    #[inline(always)]
    fn learn(&mut self, agent: u32, fill: &Note) {
        let Some(side) = fill.side else { return };
        let world = &mut self.world;
        let market = &world.markets[usize::from(fill.market)];
        let multiplier = market.multiplier;
        let lots = side.sign() * i64::try_from(fill.lots).unwrap_or(i64::MAX);
        world.people.known_lots[agent as usize * world.markets.len() + usize::from(fill.market)] += lots;
        world.people.known_cash[agent as usize] -=
            lots.saturating_mul(fill.price).saturating_mul(multiplier).saturating_add(fill.fee);
    }

    /// A market's trading day turns.
    fn turn(&mut self, number: u32) {
        let (_, market, turn) = self.world.turns[number as usize];
        let listed = &self.world.markets[usize::from(market)];
        let (venue, instrument) = (listed.venue, InstrumentId::new(listed.instrument));
        let action = match turn {
            Turn::To(phase) => Action::SetPhase { instrument, phase },
            Turn::Cross => Action::Uncross { instrument },
        };
        self.world.apply(venue, action);
    }

    /// Looks at every book and at every group's profit and loss.
    fn sample(&mut self) {
        let time = self.world.now;
        for (number, market) in self.world.markets.iter().enumerate() {
            let machine = &self.world.venues[usize::from(market.venue)].machine;
            let depth = market.depth_now(time, machine);
            for (kind, levels) in [(0, depth.bids), (1, depth.asks)] {
                for (level, &(price, quantity)) in levels.iter().take(DEPTH_LEVELS).enumerate() {
                    if quantity != 0 {
                        self.world.recorder.samples.push(SampleRecord {
                            time_ns: time,
                            value: price,
                            quantity,
                            subject: number as u32,
                            kind,
                            level: level as u16,
                        });
                    }
                }
            }
        }
        for number in 0..self.world.people.groups.len() {
            let profit = self.world.holdings_of(number).profit;
            self.world.recorder.samples.push(SampleRecord {
                time_ns: time,
                value: i64::try_from(profit).unwrap_or(i64::MAX),
                quantity: 0,
                subject: number as u32,
                kind: 2,
                level: 0,
            });
        }
        let next = time + self.world.recorder.sample_ns;
        if next <= self.world.end {
            self.world.schedule(next, NOBODY, what::SAMPLE);
        }
    }

    /// An agent's equity less what was put into its accounts, over all venues, in cash units.
    #[must_use]
    pub fn profit(&self, agent: u32) -> i128 {
        let of = |venue: usize| {
            let account = self.world.account_of(venue as u16, agent);
            let held = self.world.venues[venue].machine.account(account);
            held.map_or(0, |held| held.equity - held.deposited)
        };
        (0..self.world.venues.len()).map(of).sum()
    }

    /// Lets a foreign agent see and act.
    pub fn context(&mut self, agent: u32) -> Context<'_> {
        Context { world: &mut self.world, agent }
    }

    /// The simulated time in nanoseconds.
    #[must_use]
    pub const fn now(&self) -> i64 {
        self.world.now
    }

    /// When the simulation ends.
    #[must_use]
    pub const fn end(&self) -> i64 {
        self.world.end
    }

    /// How many entries of the queue were carried out, and how many calls were made to agents.
    #[must_use]
    pub const fn counts(&self) -> (u64, u64) {
        (self.world.steps, self.world.calls)
    }

    /// Every event hash, by venue.
    #[must_use]
    pub fn event_hashes(&self) -> Vec<u64> {
        self.world.venues.iter().map(|venue| venue.machine.event_hash()).collect()
    }

    /// What was recorded, to be taken away.
    pub const fn recorder(&mut self) -> &mut crate::record::Recorder {
        &mut self.world.recorder
    }

    /// Takes the events recorded of a venue.
    pub fn take_events(&mut self, venue: usize) -> Vec<EventRecord> {
        self.world.recorder.events.get_mut(venue).map(core::mem::take).unwrap_or_default()
    }
}
