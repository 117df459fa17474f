//! What an agent can see and do while it is called.

use exchange::command::{OrderType, SelfTrade, TimeInForce};
use exchange::units::{NO_PRICE, Side};

use crate::crowd::Interests;
use crate::market::{Level, Print, Quote};
use crate::stream::Stream;
use crate::world::{NUMBER_MAX, Request, World, what};

/// An order as an agent gives it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Order {
    /// Where.
    pub market: u16,
    /// Buy or sell.
    pub side: Side,
    /// In lots.
    pub lots: u64,
    /// Limit in ticks; not looked at for market orders.
    pub price: i64,
    /// What it does when it arrives.
    pub order_type: OrderType,
    /// How long it lives.
    pub time_in_force: TimeInForce,
    /// What happens when it meets an order of its own account.
    pub self_trade: SelfTrade,
    /// The price that wakes a stop order.
    pub stop_price: i64,
    /// What shows of an iceberg order; zero for all.
    pub display: u64,
    /// When a good-till-date order ends.
    pub expiry_ns: i64,
    /// Refused if it would trade at once.
    pub post_only: bool,
    /// Only ever makes a position smaller.
    pub reduce_only: bool,
}

impl Order {
    /// A limit order that stands until it is filled or cancelled.
    #[inline(always)]
    #[must_use]
    pub const fn limit(market: u16, side: Side, lots: u64, price: i64) -> Self {
        Self {
            market,
            side,
            lots,
            price,
            order_type: OrderType::Limit,
            time_in_force: TimeInForce::GoodTillCancel,
            self_trade: SelfTrade::CancelOldest,
            stop_price: NO_PRICE,
            display: 0,
            expiry_ns: 0,
            post_only: false,
            reduce_only: false,
        }
    }

    /// A market order.
    #[inline(always)]
    #[must_use]
    pub const fn market(market: u16, side: Side, lots: u64) -> Self {
        Self {
            order_type: OrderType::Market,
            time_in_force: TimeInForce::ImmediateOrCancel,
            ..Self::limit(market, side, lots, 0)
        }
    }

    /// A limit order that trades what it can at once.
    #[inline(always)]
    #[must_use]
    pub const fn immediate(market: u16, side: Side, lots: u64, price: i64) -> Self {
        Self { time_in_force: TimeInForce::ImmediateOrCancel, ..Self::limit(market, side, lots, price) }
    }
}

/// The world as one agent sees it while it is called.
pub struct Context<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) agent: u32,
}

impl Context<'_> {
    /// The simulated time in nanoseconds.
    #[inline(always)]
    #[must_use]
    pub const fn now(&self) -> i64 {
        self.world.now
    }

    /// When the simulation ends.
    #[must_use]
    pub const fn end(&self) -> i64 {
        self.world.end
    }

    /// The agent's own stream of random numbers.
    #[inline(always)]
    pub fn stream(&mut self) -> &mut Stream {
        &mut self.world.people.streams[self.agent as usize]
    }

    /// The market that this agent looks at first.
    #[inline(always)]
    #[must_use]
    pub fn home(&self) -> u16 {
        self.world.people.home(self.agent)
    }

    /// All markets of this agent.
    #[must_use]
    pub fn markets(&self) -> &[u16] {
        &self.world.people.group(self.agent).markets
    }

    /// The best prices of a market, as the agent's feed shows them now.
    #[inline(always)]
    pub fn quote(&mut self, market: u16) -> Quote {
        let seen = self.world.seen_time(self.agent);
        self.world.markets[usize::from(market)].quote_at(seen)
    }

    /// The last trade of a market, as the agent's feed shows it now; zero lots before the first.
    #[inline(always)]
    pub fn last(&mut self, market: u16) -> Print {
        let seen = self.world.seen_time(self.agent);
        self.world.markets[usize::from(market)].print_at(seen)
    }

    /// The best prices and the last trade, at one look.
    #[inline(always)]
    pub fn look(&mut self, market: u16) -> (Quote, Print) {
        let seen = self.world.seen_time(self.agent);
        let market = &self.world.markets[usize::from(market)];
        (market.quote_at(seen), market.print_at(seen))
    }

    /// Price levels of a side from the best on, at most ten, as the agent's feed shows them now. The crowd
    /// must have the interest [`Interests::DEPTH`].
    pub fn depth(&mut self, market: u16, side: Side) -> Vec<Level> {
        let seen = self.world.seen_time(self.agent);
        let market = &self.world.markets[usize::from(market)];
        let depth = market.depth_at(seen, &self.world.venues[usize::from(market.venue)].machine);
        let levels = if side == Side::Buy { depth.bids } else { depth.asks };
        levels.into_iter().take_while(|level| level.1 != 0).collect()
    }

    /// The fundamental value of a market's symbol now, in ticks. Only agents that are meant to know look.
    #[inline(always)]
    #[must_use]
    pub fn fundamental(&self, market: u16) -> f64 {
        self.world.paths.at(self.world.markets[usize::from(market)].symbol, self.world.now)
    }

    /// When continuous trading of a market begins and ends, in nanoseconds.
    #[inline(always)]
    #[must_use]
    pub fn hours(&self, market: u16) -> (i64, i64) {
        let market = &self.world.markets[usize::from(market)];
        (market.open, market.close)
    }

    /// The price step of a market in ticks, and its lot step in lots.
    #[must_use]
    pub fn steps(&self, market: u16) -> (i64, u64) {
        let market = &self.world.markets[usize::from(market)];
        (market.price_step, market.lot_step)
    }

    /// The price at which a market started.
    #[must_use]
    pub fn initial_price(&self, market: u16) -> i64 {
        self.world.markets[usize::from(market)].initial_price
    }

    /// A wished price on the market's step and in its range: down for a buy, up for a sell.
    #[inline(always)]
    #[must_use]
    pub fn fit_price(&self, market: u16, side: Side, wish: f64) -> i64 {
        self.world.markets[usize::from(market)].fit_price(side, wish)
    }

    /// Lots held in a market: what the agent knows where it hears of its fills, else what is so.
    #[inline(always)]
    #[must_use]
    pub fn position(&self, market: u16) -> i64 {
        self.world.position(self.agent, market)
    }

    /// Cash at all venues, in cash units, known as [`position`](Self::position) is.
    #[must_use]
    pub fn cash(&self) -> i64 {
        self.world.cash(self.agent)
    }

    /// Cash and positions at the middle of the book, else at the last trade, in cash units, as the agent knows
    /// and sees them.
    pub fn equity(&mut self) -> i64 {
        let mut equity = self.cash() as f64;
        for place in 0..self.world.markets.len() {
            let market = place as u16;
            let lots = self.position(market);
            if lots != 0 {
                let (quote, last) = self.look(market);
                let initial = self.initial_price(market) as f64;
                let last = if last.lots > 0 { last.price as f64 } else { initial };
                let listed = &self.world.markets[place];
                equity += lots as f64 * quote.mid().unwrap_or(last) * listed.multiplier as f64;
            }
        }
        libm::floor(equity + 0.5) as i64
    }

    /// The price range of a market in ticks.
    #[must_use]
    pub fn range(&self, market: u16) -> (i64, i64) {
        let market = &self.world.markets[usize::from(market)];
        (market.min_price, market.max_price)
    }

    /// Sends an order; returns the agent's own name for it. It can only be named by it where the crowd has an
    /// interest in fills, orders or tokens.
    #[inline(always)]
    pub fn place(&mut self, order: Order) -> u32 {
        let interests = self.world.people.group(self.agent).interests;
        let names = Interests::FILLS.and(Interests::ORDERS).and(Interests::TOKENS);
        let mut token = 0;
        if interests.has(names) {
            self.world.last_token += 1;
            token = self.world.last_token;
        }
        self.world.send(self.agent, Request::Place { order, token });
        token
    }

    /// Sends a cancel for an order of its own.
    pub fn cancel(&mut self, market: u16, token: u32) {
        self.world.send(self.agent, Request::Cancel { market, token });
    }

    /// Sends a change of an order of its own; `NO_PRICE` and zero lots leave what they name.
    pub fn replace(&mut self, market: u16, token: u32, price: i64, lots: u64) {
        self.world.send(self.agent, Request::Replace { market, token, price, lots });
    }

    /// Sends a cancel for all its orders in a market.
    #[inline(always)]
    pub fn cancel_all(&mut self, market: u16) {
        self.world.send(self.agent, Request::CancelAll { market });
    }

    /// Asks to be called at a time, at once if it is over; timers of one agent are told apart by a number
    /// below 2^28.
    #[inline(always)]
    pub fn wake_at(&mut self, time: i64, timer: u32) {
        let time = time.max(self.world.now);
        self.world.schedule(time, self.agent, what::TIMER | (timer & NUMBER_MAX));
    }

    /// Lets another member of the same crowd see and act: `who` counts from the crowd's first.
    pub fn member(&mut self, who: u32) -> Context<'_> {
        let first = self.world.people.group(self.agent).first;
        Context { world: self.world, agent: first + who }
    }

    /// Whether a piece of news is about the symbol of a market.
    #[must_use]
    pub fn news_concerns(&self, news: u32, market: u16) -> bool {
        self.world.news[news as usize].symbol == self.world.markets[usize::from(market)].symbol
    }
}

impl World {
    pub(crate) fn position(&self, agent: u32, market: u16) -> i64 {
        if self.people.group(agent).tracked() {
            return self.people.known_lots[agent as usize * self.markets.len() + usize::from(market)];
        }
        let listed = &self.markets[usize::from(market)];
        let account = self.account_of(listed.venue, agent);
        self.venues[usize::from(listed.venue)].machine.position(account, listed.instrument).lots
    }

    pub(crate) fn cash(&self, agent: u32) -> i64 {
        let group = self.people.group(agent);
        if group.tracked() {
            let started = i64::try_from(group.cash).unwrap_or(i64::MAX);
            return started.saturating_mul(self.venues.len() as i64) + self.people.known_cash[agent as usize];
        }
        let cash = |venue: u16| {
            let account = self.account_of(venue, agent);
            self.venues[usize::from(venue)].machine.account(account).map_or(0, |held| held.cash + held.escrow)
        };
        (0..self.venues.len() as u16).map(cash).sum()
    }
}
