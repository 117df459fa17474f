//! What the agents of each group have together, kept up from what changed since somebody looked last.
//!
//! Walking over everybody at each look takes longer than the trading between two looks where there are many agents. So
//! whoever an event names is looked at again, and nobody else; where an event may concern somebody whom it does not name,
//! all are. What positions are worth follows the marks, so lots are summed and valued when they are asked for.

use core::ops::Range;

use exchange::event::{EventKind, EventRecord};

use crate::population::Population;
use crate::view::Holdings;
use crate::world::{Venue, World};

/// The groups' sums at each venue.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tallies {
    venues: Vec<Tally>,
}

/// The groups' sums at one venue.
#[derive(Clone, Debug, Default)]
struct Tally {
    /// Agents to be looked at again.
    touched: Vec<u32>,
    /// A bit for each agent: whether it is among them.
    marked: Vec<u64>,
    /// Whether all are to be looked at again.
    everybody: bool,
    /// What each agent had when it was looked at last.
    known: Vec<Share>,
    /// The lots that it had: agent by instrument.
    known_lots: Vec<i64>,
    groups: Vec<Share>,
    /// Group by instrument.
    group_lots: Vec<i64>,
}

/// Of what an account or a group has, all but its lots.
#[derive(Clone, Copy, Debug, Default)]
struct Share {
    /// In escrow or not.
    cash: i128,
    deposited: i128,
    open_orders: u64,
}

impl Tallies {
    /// Takes note of whom events of a venue concern.
    #[inline]
    pub(crate) fn touch(&mut self, number: u16, first_account: u32, events: &[EventRecord]) {
        let number = usize::from(number);
        if self.venues.len() <= number {
            self.venues.resize_with(number + 1, Tally::default);
        }
        let tally = &mut self.venues[number];
        for event in events {
            match event.kind() {
                Some(EventKind::Trade) => {
                    tally.mark(event.account, first_account);
                    tally.mark(event.counterparty, first_account);
                }
                Some(
                    EventKind::Accepted
                    | EventKind::Cancelled
                    | EventKind::Expired
                    | EventKind::Replaced
                    | EventKind::Triggered
                    | EventKind::Reduced
                    | EventKind::Balance
                    | EventKind::Position,
                ) => tally.mark(event.account, first_account),
                Some(
                    EventKind::Rejected
                    | EventKind::Booked
                    | EventKind::Refreshed
                    | EventKind::MassCancelled
                    | EventKind::PhaseChanged
                    | EventKind::Uncrossed
                    | EventKind::BandSet
                    | EventKind::MarkSet
                    | EventKind::MarginCall
                    | EventKind::ClockAdvanced,
                ) => {}
                // Money and lots may go to and from accounts that it does not name.
                _ => tally.everybody = true,
            }
        }
    }

    /// What the agents of a group have together.
    pub(crate) fn of(
        &mut self,
        group: usize,
        venues: &[Venue],
        people: &Population,
        markets: usize,
    ) -> Holdings {
        self.venues.resize_with(venues.len(), Tally::default);
        let mut held = Holdings { lots: vec![0; markets], ..Holdings::default() };
        for (tally, venue) in self.venues.iter_mut().zip(venues) {
            tally.renew(venue, people);
            let share = tally.groups[group];
            held.cash += share.cash;
            held.profit += share.cash - share.deposited;
            held.open_orders += share.open_orders;
            for (instrument, &market) in venue.markets.iter().enumerate() {
                let lots = tally.group_lots[group * venue.markets.len() + instrument];
                held.lots[usize::from(market)] += lots;
                held.profit += venue.machine.worth_of(instrument as u32 + 1, lots);
            }
        }
        held
    }
}

impl World {
    /// What the agents of a group have together, over all venues.
    pub(crate) fn holdings_of(&mut self, group: usize) -> Holdings {
        let held = self.tallies.of(group, &self.venues, &self.people, self.markets.len());
        debug_assert_eq!(held, {
            let group = &self.people.groups[group];
            self.holdings_among(group.first..group.first + group.count)
        });
        held
    }

    /// What some agents have together, one by one.
    pub(crate) fn holdings_among(&self, agents: Range<u32>) -> Holdings {
        let mut held = Holdings { lots: vec![0; self.markets.len()], ..Holdings::default() };
        for agent in agents {
            for venue in &self.venues {
                let account = venue.first_account + agent;
                if let Some(own) = venue.machine.account(account) {
                    held.cash += i128::from(own.cash) + i128::from(own.escrow);
                    held.profit += own.equity - own.deposited;
                    held.open_orders += u64::from(own.open_orders);
                }
                for (instrument, &market) in venue.markets.iter().enumerate() {
                    held.lots[usize::from(market)] +=
                        venue.machine.position(account, instrument as u32 + 1).lots;
                }
            }
        }
        held
    }
}

impl Tally {
    #[inline(always)]
    fn mark(&mut self, account: u32, first_account: u32) {
        let Some(agent) = account.checked_sub(first_account) else { return };
        // Whoever came in after all were looked at is looked at anyway.
        let Some(word) = self.marked.get_mut(agent as usize / 64) else { return };
        let bit = 1_u64 << (agent % 64);
        if *word & bit == 0 {
            *word |= bit;
            self.touched.push(agent);
        }
    }

    /// Looks again at those whom something happened to.
    fn renew(&mut self, venue: &Venue, people: &Population) {
        let (agents, before, width) = (people.len(), self.known.len(), venue.markets.len());
        if agents != before || people.groups.len() != self.groups.len() {
            self.known.resize(agents, Share::default());
            self.known_lots.resize(agents * width, 0);
            self.marked.resize(agents.div_ceil(64), 0);
            self.groups.resize(people.groups.len(), Share::default());
            self.group_lots.resize(people.groups.len() * width, 0);
            // Some of the newcomers may be marked already, and are then looked at twice.
            (before as u32..agents as u32).for_each(|agent| self.look(agent, venue, people));
        }
        let touched = core::mem::take(&mut self.touched);
        if core::mem::take(&mut self.everybody) {
            (0..agents as u32).for_each(|agent| self.look(agent, venue, people));
        } else {
            touched.iter().for_each(|&agent| self.look(agent, venue, people));
        }
        for &agent in &touched {
            self.marked[agent as usize / 64] = 0;
        }
        self.touched = touched;
        self.touched.clear();
    }

    /// Puts what an agent has now in the place of what it had.
    fn look(&mut self, agent: u32, venue: &Venue, people: &Population) {
        let (place, group) = (agent as usize, usize::from(people.group_of[agent as usize]));
        let account = venue.first_account + agent;
        let now = venue.machine.account(account).map_or_else(Share::default, |own| Share {
            cash: i128::from(own.cash) + i128::from(own.escrow),
            deposited: own.deposited,
            open_orders: u64::from(own.open_orders),
        });
        let sum = &mut self.groups[group];
        let before = core::mem::replace(&mut self.known[place], now);
        sum.cash += now.cash - before.cash;
        sum.deposited += now.deposited - before.deposited;
        sum.open_orders = sum.open_orders + now.open_orders - before.open_orders;
        let width = venue.markets.len();
        for instrument in 0..width {
            let lots = venue.machine.position(account, instrument as u32 + 1).lots;
            let before = core::mem::replace(&mut self.known_lots[place * width + instrument], lots);
            self.group_lots[group * width + instrument] += lots - before;
        }
    }
}
