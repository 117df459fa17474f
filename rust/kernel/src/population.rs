//! What the kernel keeps of each agent, in columns.

use crate::crowd::Interests;
use crate::latency::Latency;
use crate::stream::Stream;

/// A group of agents: one crowd, one way of being reached.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) first: u32,
    pub(crate) count: u32,
    pub(crate) latency: Latency,
    pub(crate) interests: Interests,
    /// The markets that its agents trade in; each has one of them as its home.
    pub(crate) markets: Vec<u16>,
    pub(crate) cash: u64,
    /// Whether messages to and from it take any time.
    pub(crate) immediate: bool,
    /// Whether it has left: its agents do nothing any more.
    pub(crate) left: bool,
}

impl Group {
    pub(crate) fn tracked(&self) -> bool {
        self.interests.has(Interests::FILLS.and(Interests::ORDERS))
    }
}

/// Every agent, by number from zero.
#[derive(Clone, Debug, Default)]
pub(crate) struct Population {
    pub(crate) groups: Vec<Group>,
    pub(crate) group_of: Vec<u16>,
    pub(crate) streams: Vec<Stream>,
    /// For the delays of its messages.
    pub(crate) delays: Vec<Stream>,
    /// Its place on its group's line.
    pub(crate) metres: Vec<f32>,
    /// Until when it thinks.
    pub(crate) busy_until: Vec<i64>,
    /// When its last order reached the venue: the next never overtakes it.
    pub(crate) last_arrival: Vec<i64>,
    /// When the last answer reached it.
    pub(crate) last_answer: Vec<i64>,
    /// When it looked at its feed last.
    pub(crate) last_look: Vec<i64>,
    /// When the last message of a feed that it follows reached it.
    pub(crate) last_feed: Vec<i64>,
    /// Up to when its feed has been seen: it never shows anything older again.
    pub(crate) last_seen: Vec<i64>,
    /// Lots that it knows it holds, agent by market; kept for groups that hear of their fills.
    pub(crate) known_lots: Vec<i64>,
    /// Cash that it knows it has gained or paid, over all venues.
    pub(crate) known_cash: Vec<i64>,
}

impl Population {
    pub(crate) fn len(&self) -> usize {
        self.group_of.len()
    }

    #[inline(always)]
    pub(crate) fn group(&self, agent: u32) -> &Group {
        &self.groups[usize::from(self.group_of[agent as usize])]
    }

    /// The market that an agent looks at when it names none.
    #[inline(always)]
    pub(crate) fn home(&self, agent: u32) -> u16 {
        let group = self.group(agent);
        match group.markets.as_slice() {
            [only] => *only,
            several => several[(agent - group.first) as usize % several.len()],
        }
    }

    /// The name of an agent: its group's, and its number where there are several.
    pub(crate) fn name(&self, agent: u32) -> String {
        let group = self.group(agent);
        if group.count == 1 {
            group.name.clone()
        } else {
            format!("{}-{}", group.name, agent - group.first + 1)
        }
    }
}
