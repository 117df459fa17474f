//! From a spec to a simulation that can run: venues are listed, accounts are opened and funded, paths are drawn.

use std::collections::BTreeMap;
use std::sync::Arc;

use exchange::command::{AccountModel, Action, Asset, Command, InstrumentSpec, Limits};
use exchange::idtable::IdTable;
use exchange::units::{AccountId, InstrumentId, PriceTicks, TimeNs};
use exchange::{Config, Exchange, MAX_ACCOUNTS};

use crate::agents::{self, TIME_NS_MAX};
use crate::crowd::{Crowd, Interests};
use crate::fundamental::{News, Paths, Plan};
use crate::intervention::GROUPS_MAX;
use crate::market::{Follower, Market};
use crate::population::{Group, Population};
use crate::queue::Queue;
use crate::record::Recorder;
use crate::recorded::Flow;
use crate::simulation::Simulation;
use crate::slab::Slab;
use crate::spec::{Error, GroupSpec, MarketSpec, Spec, VenueSpec};
use crate::stream::{Purpose, Stream};
use crate::tallies::Tallies;
use crate::world::{Machine, NOBODY, NUMBER_MAX, Venue, World, what};

/// Most venues of one simulation.
const VENUES_MAX: usize = 64;
/// Most markets over all venues.
const MARKETS_MAX: usize = 4_096;
/// Tapes are kept a little longer than the longest feed takes, for agents that are busy meanwhile.
const KEEP_MORE_NS: i64 = 1_000_000;

impl Simulation {
    /// Makes a simulation.
    ///
    /// # Errors
    /// The part of the spec that contradicts itself or is out of range.
    pub fn new(spec: &Spec) -> Result<Self, Error> {
        check(spec)?;
        let symbols: Vec<_> =
            spec.symbols.iter().map(|symbol| (symbol.symbol.clone(), symbol.fundamental.clone())).collect();
        let news = all_news(spec);
        let paths = Paths::draw(&Plan {
            seed: spec.seed,
            start_ns: spec.start_ns,
            end_ns: spec.end_ns,
            step_ns: spec.fundamental_step_ns,
            symbols: &symbols,
            correlation: &spec.correlation,
            news: &news,
        })?;
        let (mut venues, mut markets) = (Vec::new(), Vec::new());
        for (number, venue) in spec.venues.iter().enumerate() {
            venues.push(open_venue(spec, number, venue, &mut markets)?);
        }
        let (people, crowds) = gather(spec, &mut markets)?;
        fund(spec, &mut venues, &markets)?;
        let mut world = World {
            seed: spec.seed,
            now: spec.start_ns,
            end: spec.end_ns,
            queue: Queue::default(),
            requests: Slab::default(),
            notes: Slab::default(),
            changes: Slab::default(),
            keep_ns: people.groups.iter().filter(|group| !group.immediate).map(keep_of).max().unwrap_or(0),
            recorder: Recorder {
                orders: spec.record.orders,
                quotes: spec.record.quotes,
                sample_ns: spec.record.sample_ns,
                events: vec![Vec::new(); venues.len()],
                ..Recorder::default()
            },
            venues,
            markets,
            paths: Arc::new(paths),
            symbols: symbols.into_iter().map(|(name, _)| name).collect(),
            news: news.into(),
            news_followers: followers(&people, Interests::NEWS),
            phase_followers: followers(&people, Interests::PHASES),
            people,
            turns: Vec::new(),
            tracked: Slab::default(),
            tracked_ids: IdTable::with_seed(0),
            backlog: BTreeMap::new(),
            last_token: 0,
            arena: Vec::new(),
            tallies: Tallies::default(),
            steps: 0,
            calls: 0,
            flow: Flow::default(),
        };
        plan_day(spec, &mut world);
        Ok(Self { world, crowds, starting: 0 })
    }
}

fn check(spec: &Spec) -> Result<(), Error> {
    if spec.start_ns < 0 || spec.end_ns <= spec.start_ns {
        return Err(Error::new("end_ns", "must be after start_ns, which must not be below zero"));
    }
    let counts = [
        ("symbols", spec.symbols.len(), MARKETS_MAX),
        ("venues", spec.venues.len(), VENUES_MAX),
        ("markets", spec.venues.iter().map(|venue| venue.markets.len()).sum(), MARKETS_MAX),
        ("groups", spec.groups.len(), GROUPS_MAX),
    ];
    for (place, count, most) in counts {
        if count == 0 || count > most {
            return Err(Error::new(place, format!("needs from 1 to {most} entries")));
        }
    }
    for symbol in &spec.symbols {
        if let Some(flaw) = symbol.fundamental.flaw() {
            return Err(Error::new(format!("symbols.{}", symbol.symbol), flaw));
        }
    }
    let agents: u64 = spec.groups.iter().map(|group| u64::from(group.count)).sum();
    if agents >= u64::from(MAX_ACCOUNTS) {
        return Err(Error::new("groups", format!("has {agents} agents; the most are {}", MAX_ACCOUNTS - 1)));
    }
    Ok(())
}

/// The news of the spec and the news that is drawn, by time.
fn all_news(spec: &Spec) -> Vec<News> {
    let mut all = spec.news.clone();
    for (number, random) in spec.random_news.iter().enumerate() {
        let mut stream = Stream::named(spec.seed, "news", number as u64, Purpose::News);
        let mut time = spec.start_ns;
        if random.interval_ns.is_nan() || random.interval_ns <= 0.0 {
            continue;
        }
        loop {
            time = time.saturating_add(stream.wait(random.interval_ns));
            if time >= spec.end_ns || all.len() >= NUMBER_MAX as usize {
                break;
            }
            let jump = stream.normal(0.0, random.deviation);
            let text = if jump > 0.0 { "good news" } else { "bad news" };
            all.push(News { time_ns: time, symbol: random.symbol, jump, text: text.to_owned() });
        }
    }
    all.sort_by_key(|news| (news.time_ns, news.symbol));
    all
}

fn open_venue(
    spec: &Spec,
    number: usize,
    venue: &VenueSpec,
    markets: &mut Vec<Market>,
) -> Result<Venue, Error> {
    let place = format!("venues.{}", venue.name);
    let model = match venue.model.as_str() {
        "cash" => AccountModel::Cash,
        "margin" => AccountModel::Margin,
        "game" => AccountModel::Game,
        _ => return Err(Error::new(place, "model must be cash, margin or game")),
    };
    let config = Config {
        model,
        limits: Limits { position_lots: venue.position_lots, ..Limits::default() },
        table_seed: spec.seed,
        ..Config::default()
    };
    config.check().map_err(|flaw| Error::new(place.clone(), flaw))?;
    let mut opened = Venue {
        name: venue.name.clone(),
        machine: Exchange::new(config),
        markets: Vec::new(),
        first_account: 1,
        zero_sum: model != AccountModel::Cash,
    };
    for market in &venue.markets {
        let Some(symbol) = spec.symbols.get(usize::from(market.symbol)) else {
            return Err(Error::new(place, format!("names symbol {}, which there is not", market.symbol)));
        };
        if !market.session.in_order() {
            return Err(Error::new(
                format!("{place}.{}", symbol.symbol),
                "the session's times are not in order",
            ));
        }
        let action = Action::ListInstrument(instrument_of(market));
        let instrument = apply(&mut opened.machine, spec.start_ns, action)
            .map_err(|why| Error::new(format!("{place}.{}", symbol.symbol), why))?;
        let name = if spec.venues.len() == 1 {
            symbol.symbol.clone()
        } else {
            format!("{}:{}", venue.name, symbol.symbol)
        };
        opened.markets.push(markets.len() as u16);
        let mut listed = Market::new(name, number as u16, market.symbol, instrument as u32);
        listed.price_step = market.price_step;
        listed.lot_step = market.lot_step;
        listed.min_price = market.min_price;
        listed.max_price = market.max_price;
        listed.initial_price = market.initial_price;
        listed.multiplier = market.multiplier;
        listed.open = market.session.open_ns;
        listed.close = market.session.close_ns;
        markets.push(listed);
    }
    Ok(opened)
}

fn instrument_of(market: &MarketSpec) -> InstrumentSpec {
    InstrumentSpec {
        multiplier: market.multiplier,
        min_price: PriceTicks::new(market.min_price),
        max_price: PriceTicks::new(market.max_price),
        price_step: market.price_step,
        lot_step: market.lot_step,
        initial_price: PriceTicks::new(market.initial_price),
        maker_fee_ppm: market.maker_fee_ppm,
        taker_fee_ppm: market.taker_fee_ppm,
        protection_ppm: market.protection_ppm,
        breaker_ppm: market.breaker_ppm,
        initial_margin_ppm: market.initial_margin_ppm,
        maintenance_margin_ppm: market.maintenance_margin_ppm,
        ..InstrumentSpec::default()
    }
}

fn apply(machine: &mut Machine, time_ns: i64, action: Action) -> Result<u64, String> {
    let result = machine.apply(&Command { time: TimeNs::new(time_ns), action });
    machine.clear_events();
    result.map_err(|reason| reason.text().to_owned())
}

type Crowds = Vec<Option<Box<dyn Crowd>>>;

/// How long tapes are kept for a group.
pub(crate) fn keep_of(group: &Group) -> i64 {
    group.latency.feed.longest(group.latency.line_metres) + KEEP_MORE_NS
}

/// Makes the groups, their crowds and the columns of their agents.
fn gather(spec: &Spec, markets: &mut [Market]) -> Result<(Population, Crowds), Error> {
    let mut people = Population::default();
    let mut crowds = Vec::new();
    for given in &spec.groups {
        let refuse = |what| Error::new(format!("groups.{}", given.name), what);
        if spec.groups.iter().filter(|group| group.name == given.name).count() != 1 {
            return Err(refuse("the name is taken twice".to_owned()));
        }
        check_group(given, markets.len()).map_err(refuse)?;
        let (crowd, interests) = agents::make(&given.agent, given.count).map_err(refuse)?;
        enrol(spec.seed, given, interests, &mut people, markets);
        crowds.push(crowd);
    }
    Ok((people, crowds))
}

/// Takes a group in: makes the columns of its agents, and enters those who follow books and trades.
pub(crate) fn enrol(
    seed: u64,
    given: &GroupSpec,
    interests: Interests,
    people: &mut Population,
    markets: &mut [Market],
) {
    let latency = given.latency.clone();
    let legs = [&latency.feed, &latency.entry, &latency.response];
    let group = Group {
        name: given.name.clone(),
        kind: given.agent.name(),
        first: people.len() as u32,
        count: given.count,
        immediate: latency.compute_ns == 0 && legs.iter().all(|leg| leg.longest(latency.line_metres) == 0),
        latency,
        interests,
        markets: given.markets.clone(),
        cash: given.cash,
        left: false,
    };
    // What an agent knows to hold before it has traded: what it was given.
    let known = i64::try_from(given.lots).unwrap_or(i64::MAX);
    for index in 0..u64::from(given.count) {
        let stream = |purpose| Stream::named(seed, &given.name, index, purpose);
        people.streams.push(stream(Purpose::Behaviour));
        people.delays.push(stream(Purpose::Latency));
        people.metres.push(if given.latency.line_metres == 0.0 {
            0.0
        } else {
            (stream(Purpose::Character).uniform() * given.latency.line_metres) as f32
        });
        let held = |market| if given.markets.contains(&(market as u16)) { known } else { 0 };
        people.known_lots.extend((0..markets.len()).map(held));
    }
    let number = people.groups.len() as u16;
    people.group_of.resize(people.group_of.len() + given.count as usize, number);
    for column in
        [&mut people.busy_until, &mut people.last_arrival, &mut people.last_answer, &mut people.last_feed]
    {
        column.resize(people.group_of.len(), 0);
    }
    for column in [&mut people.last_look, &mut people.last_seen] {
        column.resize(people.group_of.len(), i64::MIN);
    }
    people.known_cash.resize(people.group_of.len(), 0);
    follow(&group, markets);
    people.groups.push(group);
}

/// What is wrong with a group, if anything.
pub(crate) fn check_group(given: &GroupSpec, markets: usize) -> Result<(), String> {
    if given.markets.is_empty() || given.markets.iter().any(|&market| usize::from(market) >= markets) {
        return Err("needs markets that there are".to_owned());
    }
    let latency = &given.latency;
    for leg in [&latency.feed, &latency.entry, &latency.response] {
        if let Some(flaw) = leg.flaw() {
            return Err(flaw.to_owned());
        }
    }
    if !(0..=TIME_NS_MAX).contains(&latency.compute_ns)
        || !latency.line_metres.is_finite()
        || latency.line_metres < 0.0
    {
        return Err("a latency is below zero, more than 36 years, or not a number".to_owned());
    }
    Ok(())
}

/// Enters those of a group who follow books and trades.
fn follow(group: &Group, markets: &mut [Market]) {
    for &market in &group.markets {
        let market = &mut markets[usize::from(market)];
        let members = group.first..group.first + group.count;
        if group.interests.has(Interests::BOOK) {
            let follower = |agent| Follower { agent, waiting: None };
            market.book_followers.extend(members.clone().map(follower));
        }
        if group.interests.has(Interests::TRADES) {
            market.trade_followers.extend(members);
        }
        market.keeps_depths |= group.interests.has(Interests::DEPTH) && !group.immediate;
    }
}

fn followers(people: &Population, interest: Interests) -> Vec<u32> {
    let interested = people.groups.iter().filter(|group| group.interests.has(interest));
    interested.flat_map(|group| group.first..group.first + group.count).collect()
}

/// Opens and funds an account for each agent at each venue.
fn fund(spec: &Spec, venues: &mut [Venue], markets: &[Market]) -> Result<(), Error> {
    for (number, venue) in venues.iter_mut().enumerate() {
        for given in &spec.groups {
            open_accounts(&mut venue.machine, number, spec.start_ns, given, markets)
                .map_err(|why| Error::new(format!("groups.{}", given.name), why))?;
        }
    }
    Ok(())
}

/// Opens and funds an account for each agent of a group at a venue.
pub(crate) fn open_accounts(
    machine: &mut Machine,
    venue: usize,
    time_ns: i64,
    given: &GroupSpec,
    markets: &[Market],
) -> Result<(), String> {
    for _ in 0..given.count {
        let account = AccountId::new(apply(machine, time_ns, Action::OpenAccount)? as u32);
        let mut give = |asset, amount| match amount {
            0 => Ok(0),
            _ => apply(machine, time_ns, Action::Deposit { account, asset, amount }),
        };
        give(Asset::Cash, given.cash)?;
        for &market in &given.markets {
            let market = &markets[usize::from(market)];
            if usize::from(market.venue) == venue {
                give(Asset::Lots(InstrumentId::new(market.instrument)), given.lots)?;
            }
        }
    }
    Ok(())
}

/// Puts the day's turns, the news and the first sample into the queue.
fn plan_day(spec: &Spec, world: &mut World) {
    let sessions = spec.venues.iter().flat_map(|venue| venue.markets.iter().map(|market| market.session));
    for (market, session) in sessions.enumerate() {
        for (time, turn) in session.turns(spec.start_ns) {
            let number = world.turns.len() as u32;
            world.turns.push((time, market as u16, turn));
            world.schedule(time, NOBODY, what::TURN | number);
        }
    }
    for number in 0..world.news.len() {
        let time = world.news[number].time_ns;
        world.schedule(time, NOBODY, what::PUBLISH | number as u32);
    }
    if world.recorder.sample_ns > 0 {
        world.schedule(spec.start_ns, NOBODY, what::SAMPLE);
    }
}
