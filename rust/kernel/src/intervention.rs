//! What somebody does to a simulation that runs: agents come, change and leave, and news breaks.
//!
//! Between two interventions a simulation is what it always is, so that the same interventions at the same times make
//! the same run again. They act on the world as the kernel itself does: a newcomer has accounts and streams of its own,
//! who leaves takes his orders back by a message that takes as long as any other of his, and a value that jumps goes
//! on from there as if the news had been known from the start.

use std::sync::Arc;

use serde::Deserialize;

use crate::agents::{self, Idle, Kind};
use crate::build::{check_group, enrol, keep_of, open_accounts};
use crate::crowd::Interests;
use crate::fundamental::News;
use crate::simulation::Simulation;
use crate::spec::{Error, GroupSpec};
use crate::world::{NOBODY, NUMBER_MAX, Request, World, what};

/// Most groups that there ever were in one simulation, those that left included.
pub(crate) const GROUPS_MAX: usize = 4_096;

/// Something that is done to a simulation from outside.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Intervention {
    /// A group comes in.
    Enter { group: GroupSpec },
    /// A group's agents go by other parameters from now on.
    Tune { group: String, agent: Kind },
    /// A group's agents take back their orders, and do nothing any more.
    Leave { group: String },
    /// News comes out now.
    News { symbol: u16, jump: f64, text: String },
}

impl Simulation {
    /// Does something to the simulation where it stands.
    ///
    /// Returns the number of a new group's first agent, or of the news.
    ///
    /// # Errors
    /// Why it cannot be done; nothing is then changed.
    pub fn intervene(&mut self, text: &str) -> Result<u32, Error> {
        let given =
            serde_json::from_str(text).map_err(|error| Error::new("intervention", error.to_string()))?;
        match given {
            Intervention::Enter { group } => self.enter(&group),
            Intervention::Tune { group, agent } => self.tune(&group, &agent),
            Intervention::Leave { group } => self.leave(&group),
            Intervention::News { symbol, jump, text } => self.world.break_news(symbol, jump, text),
        }
    }

    fn enter(&mut self, given: &GroupSpec) -> Result<u32, Error> {
        let place = format!("groups.{}", given.name);
        let world = &mut self.world;
        let flaw = |what: String| Error::new(place.clone(), what);
        if world.people.groups.len() >= GROUPS_MAX {
            return Err(flaw(format!("would be more than {GROUPS_MAX} groups, those that left included")));
        }
        if world.people.groups.iter().any(|group| group.name == given.name) {
            return Err(flaw("the name is taken, be it by one that left".to_owned()));
        }
        if matches!(given.agent, Kind::Recorded(_)) {
            return Err(flaw("a recording is there from the start or not at all".to_owned()));
        }
        check_group(given, world.markets.len()).map_err(flaw)?;
        let room = u64::from(exchange::MAX_ACCOUNTS) - 1 - world.people.len() as u64;
        if u64::from(given.count) > room {
            return Err(flaw(format!("has {} agents; there is room for {room}", given.count)));
        }
        let (crowd, interests) = agents::make(&given.agent, given.count).map_err(flaw)?;
        // On copies, so that nothing has changed where one of many deposits is refused.
        let mut machines: Vec<_> = world.venues.iter().map(|venue| venue.machine.clone()).collect();
        for (venue, machine) in machines.iter_mut().enumerate() {
            open_accounts(machine, venue, world.now, given, &world.markets).map_err(flaw)?;
        }
        for (venue, machine) in world.venues.iter_mut().zip(machines) {
            venue.machine = machine;
        }
        let first = world.people.len() as u32;
        enrol(world.seed, given, interests, &mut world.people, &mut world.markets);
        world.admit();
        self.crowds.push(crowd);
        Ok(first)
    }

    fn tune(&mut self, name: &str, agent: &Kind) -> Result<u32, Error> {
        let flaw = |what: String| Error::new(format!("groups.{name}"), what);
        let number = self.world.group_named(name).map_err(flaw)?;
        let group = &self.world.people.groups[number];
        agent.check(group.count).map_err(flaw)?;
        let crowd =
            self.crowds[number].as_mut().ok_or("lives outside the kernel".to_owned()).map_err(flaw)?;
        crowd.tune(agent.params()).map_err(|what| flaw(what.to_owned()))?;
        Ok(group.first)
    }

    fn leave(&mut self, name: &str) -> Result<u32, Error> {
        let flaw = |what: String| Error::new(format!("groups.{name}"), what);
        let number = self.world.group_named(name).map_err(flaw)?;
        let world = &mut self.world;
        if world.people.groups[number].kind == "recorded" {
            return Err(flaw("stands for everybody in a recording, and stays".to_owned()));
        }
        self.crowds[number] = Some(Box::new(Idle));
        world.people.groups[number].left = true;
        let group = world.people.groups[number].clone();
        for agent in group.first..group.first + group.count {
            for &market in &group.markets {
                // Behind whatever is on its way there.
                world.send(agent, Request::CancelAll { market });
            }
        }
        for market in &mut world.markets {
            let members = group.first..group.first + group.count;
            market.trade_followers.retain(|agent| !members.contains(agent));
        }
        Ok(group.first)
    }
}

impl World {
    /// The number of a group that has not left.
    fn group_named(&self, name: &str) -> Result<usize, String> {
        let found = self.people.groups.iter().position(|group| group.name == name && !group.left);
        found.ok_or_else(|| "there is no such group".to_owned())
    }

    /// Lets the group that came last hear what it wants to hear.
    fn admit(&mut self) {
        let Some(group) = self.people.groups.last() else { return };
        let members = group.first..group.first + group.count;
        if group.interests.has(Interests::NEWS) {
            self.news_followers.extend(members.clone());
        }
        if group.interests.has(Interests::PHASES) {
            self.phase_followers.extend(members);
        }
        if !group.immediate {
            self.keep_ns = self.keep_ns.max(keep_of(group));
        }
    }

    fn break_news(&mut self, symbol: u16, jump: f64, text: String) -> Result<u32, Error> {
        let flaw = |what: &str| Error::new("news", what);
        if usize::from(symbol) >= self.symbols.len() {
            return Err(flaw("is about a symbol that there is not"));
        }
        if !jump.is_finite() {
            return Err(flaw("moves the value by what is no number"));
        }
        let number = self.news.len() as u32;
        if number >= NUMBER_MAX {
            return Err(flaw("is more than can be told apart"));
        }
        Arc::make_mut(&mut self.paths).jump(symbol, self.now, jump);
        let news = News { time_ns: self.now, symbol, jump, text };
        self.news = self.news.iter().cloned().chain([news]).collect();
        self.schedule(self.now, NOBODY, what::PUBLISH | number);
        Ok(number)
    }
}
