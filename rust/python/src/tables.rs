//! What the Python side spells out once more, so that a test can compare the two.

use std::mem::offset_of;

use exchange::codec::CommandRecord;
use exchange::command::{
    AccountModel, AccountStatus, CommandKind, InstrumentKind, OrderType, Phase, SelfTrade, TimeInForce,
};
use exchange::event::{EndReason, EventKind, EventRecord, PostingCause};
use exchange::matcher::{Message, Report};
use exchange::reject::Reject;
use feeds::Row as FeedRow;
use kernel::{QuoteRecord, SampleRecord, ScriptRow, TapeRow};
use pyo3::prelude::*;

use crate::buffers::{LevelRecord, QueuedRecord};

type Numbered = Vec<(&'static str, u8)>;
type Layout = (&'static str, usize, Vec<(&'static str, usize)>);

macro_rules! numbered {
    ($($type:ident)*) => {
        vec![$((stringify!($type), $type::ALL.iter().map(|member| (member.name(), *member as u8)).collect()),)*]
    };
}

/// Return every enumeration of the core: its name, and its members with their numbers.
#[pyfunction]
pub(crate) fn names() -> Vec<(&'static str, Numbered)> {
    numbered![AccountModel AccountStatus CommandKind EndReason EventKind InstrumentKind OrderType Phase PostingCause
        SelfTrade TimeInForce]
}

/// Return every reason for a refusal: its number, its name and its text.
#[pyfunction]
pub(crate) fn rejects() -> Vec<(u8, &'static str, &'static str)> {
    Reject::ALL.iter().map(|reason| (reason.number(), reason.name(), reason.text())).collect()
}

macro_rules! layout {
    ($name:literal $type:ident { $($field:ident)* }) => {
        ($name, size_of::<$type>(), vec![$((stringify!($field), offset_of!($type, $field)),)*])
    };
}

/// Return the layout of every record: its name, its size in bytes, and where each field begins.
#[pyfunction]
pub(crate) fn layouts() -> Vec<Layout> {
    vec![
        layout!("COMMAND" CommandRecord { kind side order_type time_in_force flags self_trade mode account
            instrument time_ns order_id client_order_id price stop_price quantity display expiry_ns }),
        layout!("EVENT" EventRecord { sequence time_ns command order_id counter_id price quantity remaining amount
            amount_2 account counterparty instrument kind side reason flags }),
        layout!("MESSAGE" Message { kind order_id sequence price_ticks quantity_lots side immediate_or_cancel }),
        layout!("REPORT" Report { kind side sequence order_id price_ticks quantity_lots maker_id taker_id reason }),
        layout!("LEVEL" LevelRecord { price quantity }),
        layout!("QUEUED" QueuedRecord { order_id price quantity account }),
        layout!("L2_ROW" FeedRow { exchange_ns local_ns price quantity line kind side flags }),
        layout!("QUOTE" QuoteRecord { time_ns bid bid_quantity ask ask_quantity market }),
        layout!("SAMPLE" SampleRecord { time_ns value quantity subject kind level }),
        layout!("SCRIPT_ROW" ScriptRow { time_ns price lots reference kind account side }),
        layout!("TAPE_ROW" TapeRow { exchange_ns local_ns price quantity reference kind side flags }),
    ]
}
