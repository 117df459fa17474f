//! Markets to test with, and a way to play agents that live outside.

use exchange::event::{EventKind, EventRecord};
use kernel::{Call, Interests, Outcome, Simulation, Spec};
use serde_json::{Value, json};

pub const SECOND: i64 = 1_000_000_000;

pub fn group(name: &str, count: u32, markets: &[u16], agent: Value) -> Value {
    json!({"name": name, "count": count, "markets": markets, "cash": 1_000_000_000_u64, "agent": agent})
}

/// An agent that the test plays.
pub fn foreign(name: &str, count: u32, interests: Interests) -> Value {
    let bits = (0..16).map(|bit| 1 << bit).filter(|&bit| interests.has(Interests::from_bits(bit)));
    group(name, count, &[0], json!({"kind": "foreign", "interests": bits.sum::<u16>()}))
}

pub fn with(mut group: Value, key: &str, value: Value) -> Value {
    group[key] = value;
    group
}

/// One symbol at 10,000 ticks at one venue, open for so many seconds from time zero.
pub fn plain(seconds: i64, groups: Vec<Value>) -> Value {
    json!({
        "seed": 1, "start_ns": 0, "end_ns": seconds * SECOND,
        "symbols": [{"symbol": "A", "fundamental": {"kind": "constant", "value": 10_000.0}}],
        "venues": [{"name": "V", "model": "game", "markets": [{
            "symbol": 0, "initial_price": 10_000, "max_price": 1_000_000,
            "session": {"open_ns": 0, "close_ns": seconds * SECOND}}]}],
        "groups": groups,
        "record": {"orders": true, "quotes": true}
    })
}

/// Every kind of agent, two symbols at two venues, auctions at both ends of the day, delays and fees.
pub fn mixed(seed: u64, seconds: i64) -> Value {
    let session = json!({"pre_open_ns": 0, "open_ns": 5 * SECOND,
        "closing_auction_ns": (seconds - 5) * SECOND, "close_ns": (seconds - 1) * SECOND});
    let market = |symbol: u16| {
        json!({"symbol": symbol, "initial_price": 10_000, "max_price": 1_000_000, "session": session,
            "maker_fee_ppm": -20, "taker_fee_ppm": 50})
    };
    let leg = json!({"constant_ns": 1_000_000, "jitter": {"exponential": 500_000.0}});
    let far = json!({"feed": leg, "entry": leg, "response": leg, "compute_ns": 10_000});
    let line = json!({"entry": {"jitter": {"lognormal": [100_000.0, 0.5]}}, "line_metres": 1_000_000.0});
    let fundamental = json!({"kind": "mean_reverting", "mean": 10_000.0, "kappa": 1e-11, "volatility": 4e-4});
    json!({
        "seed": seed, "start_ns": 0, "end_ns": seconds * SECOND,
        "symbols": [{"symbol": "A", "fundamental": fundamental}, {"symbol": "B", "fundamental": fundamental}],
        "correlation": [[1.0, 0.5], [0.5, 1.0]],
        "random_news": [{"symbol": 0, "interval_ns": 30e9, "deviation": 20.0}],
        "venues": [
            {"name": "V", "model": "margin", "markets": [market(0), market(1)]},
            {"name": "W", "model": "game", "markets": [market(0)]}],
        "groups": kinds(&far, &line),
        "record": {"orders": true, "quotes": true, "sample_ns": 7 * SECOND}
    })
}

fn kinds(far: &Value, line: &Value) -> Vec<Value> {
    let all = &[0, 1, 2];
    let sizes = json!({"kind": "uniform", "low": 1, "high": 9});
    let whales = json!({"kind": "pareto", "least": 10.0, "exponent": 1.5, "most": 1_000.0});
    let mut branching = [[0.0; 6]; 6];
    (branching[0][0], branching[1][1], branching[2][0], branching[4][2]) = (0.4, 0.4, 0.2, 0.3);
    vec![
        group(
            "zi",
            12,
            all,
            json!({"kind": "zero_intelligence", "interval_ns": 3e9, "units": 20,
            "value_low": 9_900, "value_high": 10_100, "price_low": 9_800, "price_high": 10_200}),
        ),
        group(
            "noise",
            30,
            all,
            json!({"kind": "noise", "interval_ns": 2e9, "aggressive": 0.4,
            "distance_ticks": 6.0, "life_ns": 20e9, "size": sizes}),
        ),
        group("momentum", 6, all, json!({"kind": "momentum", "interval_ns": 1e9, "short": 3, "long": 8})),
        with(
            group(
                "reversion",
                6,
                all,
                json!({"kind": "mean_reversion", "interval_ns": 1e9, "memory_ns": 20e9,
            "threshold": 0.0005, "position_lots": 50}),
            ),
            "latency",
            far.clone(),
        ),
        with(
            group(
                "value",
                12,
                all,
                json!({"kind": "value", "interval_ns": 4e9, "mean": 10_000.0, "kappa": 0.0,
            "noise_variance": 100.0, "drift_variance": 1.6e-7}),
            ),
            "latency",
            line.clone(),
        ),
        group(
            "fcn",
            12,
            &[0],
            json!({"kind": "fcn", "step_ns": SECOND / 2, "fundamental_weight": 3.0,
            "chart_weight": 0.5, "noise_weight": 1.0, "noise_scale": 0.0001, "horizon_low": 20,
            "horizon_high": 40, "margin": 0.005}),
        ),
        with(
            group(
                "maker",
                3,
                all,
                json!({"kind": "adaptive_maker", "interval_ns": 1e9, "levels": 4,
            "spacing": 0.5, "share": 0.1, "least_lots": 10, "cancel_delay_ns": 50_000, "lean": 1.0}),
            ),
            "latency",
            far.clone(),
        ),
        group(
            "stoikov",
            3,
            all,
            json!({"kind": "avellaneda_stoikov", "interval_ns": SECOND, "gamma": 0.01,
            "sigma": 1.0, "k": 0.3, "horizon_s": 60.0, "lots": 5, "position_lots": 100}),
        ),
        with(
            group(
                "informed",
                3,
                all,
                json!({"kind": "informed", "interval_ns": 5e9, "edge": 3.0, "noise": 2.0,
            "position_lots": 200, "size": sizes}),
            ),
            "latency",
            line.clone(),
        ),
        group("taker", 6, all, json!({"kind": "taker", "interval_ns": 3e9, "size": sizes, "careful": true})),
        with(
            group(
                "worker",
                2,
                all,
                json!({"kind": "participation", "buy": true, "lots": 300, "share": 0.1,
            "interval_ns": SECOND, "reach_ticks": 3}),
            ),
            "latency",
            far.clone(),
        ),
        group(
            "whale",
            2,
            all,
            json!({"kind": "whale", "pause_ns": 10e9, "interval_ns": 1e9, "order": whales,
            "piece": sizes, "informed": 0.5, "patient": 0.3}),
        ),
        group(
            "hawkes",
            3,
            all,
            json!({"kind": "hawkes", "base": [0.1, 0.1, 0.4, 0.4, 0.2, 0.2],
            "branching": branching, "decay": 2.0, "distance_ticks": 3.0}),
        ),
    ]
}

pub fn make(spec: &Value) -> Simulation {
    let spec = Spec::from_json(&spec.to_string()).unwrap_or_else(|error| panic!("{error}"));
    Simulation::new(&spec).unwrap_or_else(|error| panic!("{error}"))
}

/// Runs to the end; what is outside acts as told.
pub fn play(simulation: &mut Simulation, mut act: impl FnMut(&mut Simulation, Call)) {
    loop {
        match simulation.advance(i64::MAX, u64::MAX) {
            Outcome::Call(call) => act(simulation, call),
            Outcome::Ended => return,
            other => panic!("{other:?} without a limit"),
        }
    }
}

/// Runs to the end where nobody outside is called, but to start.
pub fn run(simulation: &mut Simulation) {
    play(simulation, |_, call| assert_eq!(call.due, kernel::Due::Start));
}

pub fn of_kind(events: &[EventRecord], kind: EventKind) -> Vec<EventRecord> {
    events.iter().filter(|event| event.kind == kind as u8).copied().collect()
}

/// What everybody saw of a venue's trades: time, instrument, price, lots, side.
pub fn trades(simulation: &mut Simulation, venue: usize) -> Vec<(i64, u32, i64, u64, u8)> {
    of_kind(&simulation.take_events(venue), EventKind::Trade)
        .iter()
        .map(|trade| (trade.time_ns, trade.instrument, trade.price, trade.quantity, trade.side))
        .collect()
}
