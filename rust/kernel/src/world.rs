//! Everything but the agents' own minds: time, venues, what is under way, and who is where.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use exchange::Exchange;
use exchange::book::FastBook;
use exchange::command::{Action, Command, NewOrder, OrderRef, OrderType, Replace};
use exchange::event::EventRecord;
use exchange::idtable::IdTable;
use exchange::units::{AccountId, InstrumentId, Lots, NO_PRICE, PriceTicks, TimeNs};

use crate::context::Order;
use crate::crowd::Note;
use crate::fundamental::{News, Paths};
use crate::market::{Change, Market};
use crate::population::Population;
use crate::queue::{Entry, Queue};
use crate::record::Recorder;
use crate::recorded::Flow;
use crate::session::Turn;
use crate::slab::Slab;
use crate::tallies::Tallies;

pub(crate) type Machine = Exchange<FastBook>;

/// The agent of what concerns nobody in particular.
pub(crate) const NOBODY: u32 = u32::MAX;

/// What an entry of the queue is, in the top four bits of its word; a slot or number in the rest.
pub(crate) mod what {
    pub(crate) const TIMER: u32 = 0;
    pub(crate) const REQUEST: u32 = 1 << 28;
    pub(crate) const NOTE: u32 = 2 << 28;
    pub(crate) const BOOK: u32 = 3 << 28;
    pub(crate) const TURN: u32 = 4 << 28;
    pub(crate) const NEWS: u32 = 5 << 28;
    pub(crate) const PHASE: u32 = 6 << 28;
    pub(crate) const SAMPLE: u32 = 7 << 28;
    pub(crate) const PUBLISH: u32 = 8 << 28;
    pub(crate) const RESUME: u32 = 9 << 28;
    pub(crate) const KIND: u32 = 0xF << 28;
}

/// The highest number that fits beside a kind.
pub(crate) const NUMBER_MAX: u32 = !what::KIND;

/// What an agent asks of a venue.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Request {
    Place { order: Order, token: u32 },
    Cancel { market: u16, token: u32 },
    Replace { market: u16, token: u32, price: i64, lots: u64 },
    CancelAll { market: u16 },
}

impl Request {
    const fn market(&self) -> u16 {
        match self {
            Self::Place { order, .. } => order.market,
            Self::Cancel { market, .. } | Self::Replace { market, .. } | Self::CancelAll { market } => {
                *market
            }
        }
    }
}

/// A venue: an exchange and its markets by instrument number.
#[derive(Clone, Debug)]
pub(crate) struct Venue {
    pub(crate) name: String,
    pub(crate) machine: Machine,
    /// Markets in the order of their instruments, which count from 1.
    pub(crate) markets: Vec<u16>,
    /// Accounts opened before those of the agents.
    pub(crate) first_account: u32,
    /// Whether positions and cash sum to zero over all accounts.
    pub(crate) zero_sum: bool,
}

/// An order of an agent who hears of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tracked {
    pub(crate) token: u32,
    pub(crate) open: u64,
}

/// The world.
#[derive(Clone)]
pub struct World {
    pub(crate) seed: u64,
    pub(crate) now: i64,
    pub(crate) end: i64,
    pub(crate) queue: Queue,
    pub(crate) requests: Slab<Request>,
    pub(crate) notes: Slab<Note>,
    /// Changes of books that somebody is about to be called for.
    pub(crate) changes: Slab<Change>,
    pub(crate) venues: Vec<Venue>,
    pub(crate) markets: Vec<Market>,
    pub(crate) people: Population,
    pub(crate) paths: Arc<Paths>,
    pub(crate) symbols: Arc<[String]>,
    pub(crate) news: Arc<[News]>,
    pub(crate) news_followers: Vec<u32>,
    pub(crate) phase_followers: Vec<u32>,
    pub(crate) turns: Vec<(i64, u16, Turn)>,
    pub(crate) tracked: Slab<Tracked>,
    /// From an order's number and venue to its slot in `tracked`, plus one.
    pub(crate) tracked_ids: IdTable,
    /// What reached agents while they were thinking, in order; nobody is in it who has nothing waiting.
    pub(crate) backlog: BTreeMap<u32, VecDeque<u32>>,
    pub(crate) last_token: u32,
    pub(crate) recorder: Recorder,
    pub(crate) tallies: Tallies,
    /// The longest that any feed takes: so long tapes are kept.
    pub(crate) keep_ns: i64,
    /// The events of the command at hand.
    pub(crate) arena: Vec<EventRecord>,
    /// How many entries were taken from the queue, and how many calls were made to agents.
    pub(crate) steps: u64,
    pub(crate) calls: u64,
    /// Recorded flow.
    pub(crate) flow: Flow,
}

impl World {
    #[inline(always)]
    pub(crate) fn schedule(&mut self, time: i64, agent: u32, what: u32) {
        self.queue.push(Entry { time, agent, what });
    }

    /// An agent's account at every venue.
    #[inline(always)]
    pub(crate) fn account_of(&self, venue: u16, agent: u32) -> u32 {
        self.venues[usize::from(venue)].first_account + agent
    }

    /// Whose account this is, if an agent's.
    #[inline(always)]
    pub(crate) fn agent_of(&self, venue: u16, account: u32) -> Option<u32> {
        let agent = account.checked_sub(self.venues[usize::from(venue)].first_account)?;
        ((agent as usize) < self.people.len()).then_some(agent)
    }

    /// Sends a request on its way.
    #[inline(always)]
    pub(crate) fn send(&mut self, agent: u32, request: Request) {
        let slot = self.requests.add(request);
        let arrival = if self.people.group(agent).immediate { self.now } else { self.arrival(agent) };
        self.schedule(arrival, agent, what::REQUEST | slot);
    }

    fn arrival(&mut self, agent: u32) -> i64 {
        let place = agent as usize;
        let people = &mut self.people;
        let latency = &people.groups[usize::from(people.group_of[place])].latency;
        let delay = latency.entry.delay(f64::from(people.metres[place]), &mut people.delays[place]);
        let arrival = (self.now + latency.compute_ns + delay).max(people.last_arrival[place]);
        people.last_arrival[place] = arrival;
        arrival
    }

    /// When an answer that leaves a venue now reaches an agent; answers keep their order.
    pub(crate) fn answer_time(&mut self, agent: u32) -> i64 {
        let place = agent as usize;
        let people = &mut self.people;
        let group = &people.groups[usize::from(people.group_of[place])];
        if group.immediate {
            return self.now;
        }
        let delay = group.latency.response.delay(f64::from(people.metres[place]), &mut people.delays[place]);
        let time = (self.now + delay).max(people.last_answer[place]);
        people.last_answer[place] = time;
        time
    }

    /// When what the feed says now reaches an agent that follows it; its messages keep their order.
    pub(crate) fn feed_time(&mut self, agent: u32) -> i64 {
        self.feed_time_of(agent, self.now)
    }

    /// As [`feed_time`](Self::feed_time), of what the feed says at a time.
    pub(crate) fn feed_time_of(&mut self, agent: u32, said: i64) -> i64 {
        let place = agent as usize;
        let people = &mut self.people;
        let group = &people.groups[usize::from(people.group_of[place])];
        if group.immediate {
            return said;
        }
        let delay = group.latency.feed.delay(f64::from(people.metres[place]), &mut people.delays[place]);
        let time = (said + delay).max(people.last_feed[place]);
        people.last_feed[place] = time;
        time
    }

    /// Whether what is due for an agent has to wait, because it thinks or because something waits already. It
    /// is then put behind what waits, and called for when the agent is free.
    #[inline(always)]
    pub(crate) fn defer(&mut self, agent: u32, what: u32) -> bool {
        if self.people.group(agent).latency.compute_ns == 0 {
            return false;
        }
        let free = self.people.busy_until[agent as usize];
        if free <= self.now && !self.backlog.contains_key(&agent) {
            return false;
        }
        let waiting = self.backlog.entry(agent).or_default();
        waiting.push_back(what);
        if waiting.len() == 1 {
            self.schedule(free, agent, what::RESUME);
        }
        true
    }

    /// An agent is free: what waits first, to be called for now. What waits behind it is called for when it has
    /// thought about that.
    pub(crate) fn resume(&mut self, agent: u32) -> Option<u32> {
        let waiting = self.backlog.get_mut(&agent)?;
        let first = waiting.pop_front();
        if waiting.is_empty() {
            self.backlog.remove(&agent);
        } else {
            let next = self.now + self.people.group(agent).latency.compute_ns;
            self.schedule(next, agent, what::RESUME);
        }
        first
    }

    /// An agent is told of a change of a book, and sees at least so far from now on. Returns the market.
    #[inline(always)]
    pub(crate) fn see(&mut self, agent: u32, slot: u32) -> u16 {
        let change = self.changes.take(slot);
        let follower = &mut self.markets[usize::from(change.market)].book_followers[change.follower as usize];
        // A later call may wait already.
        if follower.waiting.is_some_and(|(_, waiting)| waiting == slot) {
            follower.waiting = None;
        }
        let seen = &mut self.people.last_seen[agent as usize];
        *seen = change.time.max(*seen);
        change.market
    }

    /// The time up to which an agent sees the feed now. It never goes back, and looking twice at one moment
    /// shows the same.
    #[inline(always)]
    pub(crate) fn seen_time(&mut self, agent: u32) -> i64 {
        if self.people.group(agent).immediate {
            return self.now;
        }
        let place = agent as usize;
        let people = &mut self.people;
        if people.last_look[place] == self.now {
            return people.last_seen[place];
        }
        people.last_look[place] = self.now;
        let latency = &people.groups[usize::from(people.group_of[place])].latency;
        let delay = latency.feed.delay(f64::from(people.metres[place]), &mut people.delays[place]);
        let seen = (self.now - delay).max(people.last_seen[place]);
        people.last_seen[place] = seen;
        seen
    }

    /// A request has reached its venue.
    #[inline(always)]
    pub(crate) fn arrive(&mut self, agent: u32, slot: u32) {
        let request = self.requests.take(slot);
        let market = &self.markets[usize::from(request.market())];
        let (venue, instrument) = (market.venue, InstrumentId::new(market.instrument));
        let account = AccountId::new(self.account_of(venue, agent));
        let named = |token: u32| OrderRef::Client(u64::from(token));
        let action = match request {
            Request::Place { order, token } => Action::NewOrder(NewOrder {
                account,
                instrument,
                side: order.side,
                order_type: order.order_type,
                time_in_force: order.time_in_force,
                self_trade: order.self_trade,
                price: PriceTicks::new(if order.order_type == OrderType::Market {
                    NO_PRICE
                } else {
                    order.price
                }),
                stop_price: PriceTicks::new(order.stop_price),
                quantity: Lots::new(order.lots),
                display: Lots::new(order.display),
                expiry: TimeNs::new(order.expiry_ns),
                client_order_id: u64::from(token),
                post_only: order.post_only,
                reduce_only: order.reduce_only,
            }),
            Request::Cancel { token, .. } => Action::Cancel { account, order: named(token) },
            Request::Replace { token, price, lots, .. } => Action::Replace(Replace {
                account,
                order: named(token),
                price: PriceTicks::new(price),
                stop_price: PriceTicks::new(NO_PRICE),
                quantity: Lots::new(lots),
            }),
            Request::CancelAll { .. } => Action::MassCancel { account, instrument },
        };
        match market.tape {
            None => self.apply(venue, action),
            Some(place) => self.arrive_beside_tape(place, action),
        }
    }

    /// Carries out an action at a venue and tells those whom it concerns.
    #[inline(always)]
    pub(crate) fn apply(&mut self, venue: u16, action: Action) {
        let _ = self.attempt(venue, action);
    }

    /// As [`apply`](Self::apply); returns the number that the venue gave, or nothing where it refused.
    #[inline(always)]
    pub(crate) fn attempt(&mut self, venue: u16, action: Action) -> Option<u64> {
        let machine = &mut self.venues[usize::from(venue)].machine;
        let arena = machine.swap_events(core::mem::take(&mut self.arena));
        debug_assert!(arena.is_empty(), "events are taken after each command");
        // A refusal is an event like any other, and reaches its owner as a note.
        let number = machine.apply(&Command { time: TimeNs::new(self.now), action }).ok();
        let mut events = machine.swap_events(arena);
        self.tallies.touch(venue, self.venues[usize::from(venue)].first_account, &events);
        self.tell(venue, &events);
        self.recorder.keep(venue, &events);
        if self.flow.watches {
            self.watch(venue, &events);
        }
        events.clear();
        self.arena = events;
        number
    }
}
