use exchange::event::EventKind;
use exchange::units::Side;
use serde_json::json;

use super::{ScriptKind, ScriptRow};
use crate::agents::testing::{Run, finish, foreign, group, market, mind};
use crate::context::{Context, Order};
use crate::crowd::Crowd;
use crate::simulation::{Outcome, Simulation};

const fn row(
    time: i64,
    kind: ScriptKind,
    account: u8,
    side: u8,
    reference: u32,
    price: i64,
    lots: u64,
) -> ScriptRow {
    ScriptRow { time_ns: time, price, lots, reference, kind: kind as u8, account, side, reserved: 0 }
}

const fn enter(time: i64, reference: u32, side: u8, price: i64, lots: u64) -> ScriptRow {
    row(time, ScriptKind::Enter, 0, side, reference, price, lots)
}

const fn take(time: i64, side: u8, price: i64, lots: u64) -> ScriptRow {
    row(time, ScriptKind::Take, 1, side, 0, price, lots)
}

/// Places one order at a time.
#[derive(Clone)]
struct Once {
    time: i64,
    order: Order,
}

impl Crowd for Once {
    fn on_start(&mut self, _who: u32, context: &mut Context<'_>) {
        context.wake_at(self.time, 0);
    }
    fn on_timer(&mut self, _who: u32, _timer: u32, context: &mut Context<'_>) {
        context.place(self.order);
    }
    fn copy(&self) -> Box<dyn Crowd> {
        Box::new(self.clone())
    }
}

/// Agents 0, 1 and 2 are recorded, agent 3 is ours.
fn simulation(rows: Vec<ScriptRow>, ours: Once) -> Simulation {
    let recorded = group("recorded", 3, json!({"kind": "recorded"}));
    let mut simulation = market(1, 100, vec![recorded, foreign("ours")]);
    simulation.attach_script(0, rows).expect("a sound script");
    mind(&mut simulation, Box::new(ours));
    simulation
}

fn asks() -> Vec<ScriptRow> {
    vec![
        enter(10, 0, 1, 10_001, 5),
        enter(10, 1, 1, 10_001, 4),
        enter(30, 2, 1, 10_001, 3),
        take(40, 0, 10_001, 10),
        row(50, ScriptKind::Cancel, 0, 1, 1, 0, 0),
        row(60, ScriptKind::Shrink, 0, 1, 2, 0, 1),
    ]
}

fn trades(run: &Run) -> Vec<(i64, u32, u64)> {
    run.of(EventKind::Trade).map(|event| (event.time_ns, event.counterparty - 1, event.quantity)).collect()
}

#[test]
fn an_order_of_ours_stands_at_its_place_in_the_recorded_queue() {
    let ours = Once { time: 20, order: Order::limit(0, Side::Sell, 2, 10_001) };
    let mut simulation = simulation(asks(), ours);
    let run = finish(&mut simulation);
    // Without us the third recorded order would have traded one lot.
    assert_eq!(trades(&run), [(40, 0, 5), (40, 0, 4), (40, 3, 1)]);
    let (divergences, rows) = simulation.script_progress(0).expect("a script");
    assert_eq!((divergences.cancel, divergences.shrink, divergences.take, rows), (1, 0, 0, 6));
    simulation.world.venues[0].machine.check().expect("conserved");
}

#[test]
fn what_we_take_is_gone_for_the_recording() {
    let ours = Once { time: 20, order: Order::market(0, Side::Buy, 9) };
    let mut simulation = simulation(asks(), ours);
    let run = finish(&mut simulation);
    assert_eq!(trades(&run), [(20, 0, 5), (20, 0, 4), (40, 0, 3)]);
    let (divergences, _) = simulation.script_progress(0).expect("a script");
    // The aggressor found three of its ten lots; the second order was gone when it was cancelled, and the third
    // when it was changed.
    assert_eq!((divergences.take, divergences.cancel, divergences.shrink), (1, 1, 1));
}

#[test]
fn recorded_rows_come_first_at_one_time() {
    let ours = Once { time: 10, order: Order::market(0, Side::Buy, 9) };
    let mut simulation = simulation(asks(), ours);
    let run = finish(&mut simulation);
    assert_eq!(trades(&run)[..2], [(10, 0, 5), (10, 0, 4)]);
}

#[test]
fn steps_and_stops_change_nothing() {
    let ours = Once { time: 20, order: Order::limit(0, Side::Sell, 2, 10_001) };
    let mut whole = simulation(asks(), ours.clone());
    finish(&mut whole);
    let mut pieces = simulation(asks(), ours);
    let mut until = 0;
    while until < 100 {
        until += 7;
        while pieces.advance(until, 1) == Outcome::Paused {}
        pieces = pieces.clone();
    }
    finish(&mut pieces);
    assert_eq!(whole.event_hashes(), pieces.event_hashes());
    assert_eq!(whole.counts(), pieces.counts());
}

#[test]
fn phases_halt_and_cross() {
    let mut rows = vec![row(5, ScriptKind::Phase, 0, 0, 0, 0, 1), enter(6, 0, 1, 10_000, 3)];
    rows.push(row(7, ScriptKind::Enter, 2, 0, 1, 10_000, 2));
    rows.push(row(8, ScriptKind::Uncross, 0, 0, 0, 0, 0));
    rows.push(row(8, ScriptKind::Phase, 0, 0, 0, 0, 2));
    let ours = Once { time: 9, order: Order::market(0, Side::Buy, 1) };
    let mut simulation = simulation(rows, ours);
    let run = finish(&mut simulation);
    assert_eq!(run.of(EventKind::Uncrossed).count(), 1);
    assert_eq!(run.of(EventKind::Trade).map(|event| event.time_ns).collect::<Vec<_>>(), [8, 9]);
}

#[test]
fn unsound_scripts_are_refused() {
    let recorded = || group("recorded", 3, json!({"kind": "recorded"}));
    let mut simulation = market(1, 100, vec![recorded()]);
    let unsound = [
        (vec![enter(10, 0, 0, 1, 1), enter(9, 1, 0, 1, 1)], "recorded.0.rows.1: is before the row above it"),
        (
            vec![enter(1, 1, 0, 1, 1)],
            "recorded.0.rows.0: has a reference that is not below the number of rows",
        ),
        (
            vec![ScriptRow { kind: 9, ..enter(1, 0, 0, 1, 1) }],
            "recorded.0.rows.0: has a kind, account or side that there is not",
        ),
        (vec![row(1, ScriptKind::Phase, 0, 0, 0, 0, 77)], "recorded.0.rows.0: has a phase that there is not"),
    ];
    for (rows, said) in unsound {
        assert_eq!(simulation.attach_script(0, rows).expect_err("unsound").to_string(), said);
    }
    assert_eq!(
        simulation.attach_script(1, vec![]).expect_err("no market").to_string(),
        "recorded.1: there is no such market"
    );
    simulation.attach_script(0, vec![]).expect("an empty script is one");
    assert!(simulation.attach_script(0, vec![]).is_err());
    let mut alone = market(1, 100, vec![foreign("ours")]);
    assert!(alone.attach_script(0, vec![]).is_err());
}
