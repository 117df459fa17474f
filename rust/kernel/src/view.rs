//! Looking at a simulation from outside: who takes part, what it holds, whether it adds up.

use exchange::book::Book;
use exchange::units::Side;

use crate::market::{Print, Quote};
use crate::population::Group;
use crate::simulation::Simulation;

/// A group of agents, as a report names it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GroupView {
    /// Its name in the run file.
    pub name: String,
    /// What its agents are.
    pub kind: &'static str,
    /// The number of its first agent.
    pub first: u32,
    /// How many there are.
    pub count: u32,
    /// The markets that it trades in.
    pub markets: Vec<u16>,
}

/// Something that must hold of every run, and whether it does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claim {
    /// What must hold.
    pub claim: String,
    /// Whether it does.
    pub holds: bool,
    /// The figures.
    pub detail: String,
}

/// What some agents have together, over all venues.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Holdings {
    /// Free or set aside, in cash units.
    pub cash: i128,
    /// Equity less what was put in, in cash units.
    pub profit: i128,
    /// How many orders stand.
    pub open_orders: u64,
    /// By market; below zero is short.
    pub lots: Vec<i64>,
}

/// A market, as a report names it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MarketView {
    /// Its name: the symbol, or venue and symbol where there are several venues.
    pub name: String,
    /// Its symbol.
    pub symbol: String,
    /// Number of the symbol.
    pub symbol_number: u16,
    /// Its venue.
    pub venue: String,
    /// Number of the venue.
    pub venue_number: u16,
    /// Its number in the venue's exchange.
    pub instrument: u32,
}

impl Simulation {
    /// The groups in order.
    #[must_use]
    pub fn groups(&self) -> Vec<GroupView> {
        let view = |group: &Group| GroupView {
            name: group.name.clone(),
            kind: group.kind,
            first: group.first,
            count: group.count,
            markets: group.markets.clone(),
        };
        self.world.people.groups.iter().map(view).collect()
    }

    /// How many agents there are.
    #[must_use]
    pub fn agent_count(&self) -> usize {
        self.world.people.len()
    }

    /// The best levels of a side of a market now, from the best on: price in ticks, lots.
    #[must_use]
    pub fn depth(&self, market: u16, side: Side, levels: usize) -> Option<Vec<(i64, u64)>> {
        let listed = self.world.markets.get(usize::from(market))?;
        let machine = &self.world.venues[usize::from(listed.venue)].machine;
        if listed.recorded.is_some() {
            let depth = listed.depth_now(self.world.now, machine);
            let shown = if side == Side::Buy { depth.bids } else { depth.asks };
            return Some(shown.into_iter().take_while(|level| level.1 != 0).take(levels).collect());
        }
        let mut found = Vec::new();
        machine.book(listed.instrument)?.visit_levels(side, |level| {
            if found.len() < levels {
                found.push((level.price.get(), level.quantity));
            }
            found.len() < levels
        });
        Some(found)
    }

    /// What some agents have together; a whole group is known without a walk over its agents.
    #[must_use]
    pub fn holdings(&mut self, first: u32, count: u32) -> Option<Holdings> {
        let last = first.checked_add(count).filter(|&last| last as usize <= self.world.people.len())?;
        let groups = &self.world.people.groups;
        let group = groups.partition_point(|group| group.first < first);
        let whole = groups.get(group).is_some_and(|group| (group.first, group.count) == (first, count));
        Some(if whole { self.world.holdings_of(group) } else { self.world.holdings_among(first..last) })
    }

    /// The name of an agent, if there is such an agent.
    #[must_use]
    pub fn agent_name(&self, agent: u32) -> Option<String> {
        ((agent as usize) < self.world.people.len()).then(|| self.world.people.name(agent))
    }

    /// The markets in order.
    #[must_use]
    pub fn markets(&self) -> Vec<MarketView> {
        let view = |market: &crate::market::Market| MarketView {
            name: market.name.clone(),
            symbol: self.world.symbols[usize::from(market.symbol)].clone(),
            symbol_number: market.symbol,
            venue: self.world.venues[usize::from(market.venue)].name.clone(),
            venue_number: market.venue,
            instrument: market.instrument,
        };
        self.world.markets.iter().map(view).collect()
    }

    /// The names of the venues.
    #[must_use]
    pub fn venues(&self) -> Vec<String> {
        self.world.venues.iter().map(|venue| venue.name.clone()).collect()
    }

    /// The state hash of each venue.
    #[must_use]
    pub fn state_hashes(&self) -> Vec<u64> {
        self.world.venues.iter().map(|venue| venue.machine.state_hash()).collect()
    }

    /// How many commands each venue was given, and how many events it made.
    #[must_use]
    pub fn volumes(&self) -> Vec<(u64, u64)> {
        let of = |venue: &crate::world::Venue| (venue.machine.commands(), venue.machine.sequence().get());
        self.world.venues.iter().map(of).collect()
    }

    /// Everything that must add up, and whether it does.
    #[must_use]
    pub fn audit(&self) -> Vec<Claim> {
        let mut claims = Vec::new();
        for (number, venue) in self.world.venues.iter().enumerate() {
            let checked = venue.machine.check();
            claims.push(Claim {
                claim: format!("{}: balances, escrow, positions and books add up", venue.name),
                holds: checked.is_ok(),
                detail: checked.err().unwrap_or_else(|| {
                    let (accounts, orders) = (venue.machine.account_count(), venue.machine.order_count());
                    format!("{accounts} accounts, {orders} open orders computed anew")
                }),
            });
            if venue.zero_sum {
                let profits: i128 = (0..self.world.people.len() as u32)
                    .filter_map(|agent| venue.machine.account(self.world.account_of(number as u16, agent)))
                    .map(|held| held.equity - held.deposited)
                    .sum();
                let (fees, fund) = venue.machine.system_balances();
                claims.push(Claim {
                    claim: format!("{}: profits, losses, fees and fund sum to zero", venue.name),
                    holds: profits + fees + fund == 0,
                    detail: format!("{profits} + {fees} + {fund} cash units"),
                });
            }
        }
        claims
    }

    /// What an agent's feed may show by now without any delay: the best prices and the last trade.
    #[must_use]
    pub fn tape(&self, market: u16) -> Option<(Quote, Print)> {
        let listed = self.world.markets.get(usize::from(market))?;
        Some((listed.quote(), listed.print_at(self.world.now)))
    }

    /// The best price of a side of a market now, without any delay.
    #[must_use]
    pub fn best(&self, market: u16, side: Side) -> Option<i64> {
        self.world.markets.get(usize::from(market))?.quote().best(side)
    }

    /// Grid points of a symbol's fundamental, at most about `most`: time in nanoseconds, value in ticks.
    #[must_use]
    pub fn fundamental(&self, symbol: u16, most: usize) -> Vec<(i64, f64)> {
        if usize::from(symbol) < self.world.symbols.len() {
            self.world.paths.points(symbol, most)
        } else {
            Vec::new()
        }
    }

    /// All news of the run: time in nanoseconds, number of the symbol, jump in ticks, text.
    #[must_use]
    pub fn news(&self) -> Vec<(i64, u16, f64, String)> {
        let of = |news: &crate::fundamental::News| (news.time_ns, news.symbol, news.jump, news.text.clone());
        self.world.news.iter().map(of).collect()
    }

    /// The symbol that a piece of news is about, and its text.
    #[must_use]
    pub fn news_text(&self, number: u32) -> (String, String) {
        let news = &self.world.news[number as usize];
        (self.world.symbols[usize::from(news.symbol)].clone(), news.text.clone())
    }

    /// The hours of continuous trading of a market, in nanoseconds.
    #[must_use]
    pub fn hours(&self, market: u16) -> Option<(i64, i64)> {
        self.world.markets.get(usize::from(market)).map(|listed| (listed.open, listed.close))
    }
}
