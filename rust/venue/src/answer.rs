//! The answer to one command, as it comes about while the events of the command are read.

use core::ops::Range;

use exchange::command::CommandKind;

use crate::json;
use crate::order::{LiveOrder, Status, side_word};
use crate::scale::Scale;
use crate::teller::Listed;
use crate::told::Answer;

/// What is known so far of a command.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answering {
    kind: u8,
    /// The order that it names, or that it made.
    order_id: u64,
    refused: u8,
    count: u64,
    placed: Option<Placed>,
    /// The beginning of the answer to a new order: what its own command cannot change any more.
    head: Vec<u8>,
    lots: Option<Scale>,
    trades: Vec<u8>,
    written: Option<Range<usize>>,
    /// Whether it changed the order that it names.
    done: bool,
}

/// A new order as its own command left it; what later commands of the batch do to it is no part of the answer.
#[derive(Clone, Copy, Debug)]
struct Placed {
    quantity: u64,
    filled: u64,
    status: Status,
}

impl Answering {
    /// Begins with the next command.
    pub(crate) fn begin(&mut self, kind: u8, order_id: u64) {
        self.kind = kind;
        self.order_id = if kind == CommandKind::NewOrder as u8 { 0 } else { order_id };
        self.refused = 0;
        self.count = 0;
        self.placed = None;
        self.head.clear();
        self.lots = None;
        self.trades.clear();
        self.written = None;
        self.done = false;
    }

    pub(crate) const fn is_replace(&self) -> bool {
        self.kind == CommandKind::Replace as u8
    }

    /// The order that it names or made; zero where there is none.
    pub(crate) const fn order_id(&self) -> u64 {
        self.order_id
    }

    /// Whether an order is the one that it names or made.
    pub(crate) const fn is_about(&self, order_id: u64) -> bool {
        self.order_id == order_id && order_id != 0
    }

    pub(crate) const fn refuse(&mut self, reason: u8) {
        self.refused = reason;
    }

    /// It changed the order that it names.
    pub(crate) const fn carry_out(&mut self) {
        self.done = true;
    }

    pub(crate) const fn is_carried_out(&self) -> bool {
        self.done
    }

    pub(crate) const fn count(&mut self, orders: u64) {
        self.count = orders;
    }

    /// The order was taken.
    pub(crate) fn accept(&mut self, order: &LiveOrder, listed: &Listed) {
        if self.kind != CommandKind::NewOrder as u8 {
            return;
        }
        self.order_id = order.order_id;
        self.placed = Some(Placed { quantity: order.quantity, filled: 0, status: Status::Open });
        self.lots = Some(listed.quantity);
        let head = &mut self.head;
        head.extend(b"{\"order_id\":");
        json::name(order.order_id, head);
        head.extend(b",\"client_order_id\":");
        json::maybe_text(order.client_order_id.as_deref(), head);
        head.extend(b",\"ticker\":");
        json::text(&listed.ticker, head);
        head.extend(b",\"side\":");
        json::text(side_word(order.side), head);
        head.extend(b",\"price\":");
        order.write_price(listed, head);
    }

    /// Its order came second in a trade.
    pub(crate) fn trade(&mut self, trade: &[u8], lots: u64, status: Status) {
        if let Some(placed) = &mut self.placed {
            placed.filled += lots;
            placed.status = status;
            if !self.trades.is_empty() {
                self.trades.push(b',');
            }
            self.trades.extend(trade);
        }
    }

    /// Its new order shrank or ended.
    pub(crate) const fn change(&mut self, status: Status) {
        if let Some(placed) = &mut self.placed {
            placed.status = status;
        }
    }

    /// Writes the answer about an order that it changed or cancelled.
    pub(crate) fn write(&mut self, order: &LiveOrder, listed: &Listed, status: Status, out: &mut Vec<u8>) {
        if self.placed.is_some() {
            return;
        }
        let begin = out.len();
        if self.is_replace() {
            order.write(listed, status, None, out);
        } else {
            out.extend(b"{\"order_id\":");
            json::name(order.order_id, out);
            out.extend(b",\"status\":");
            json::text(LiveOrder::word(status, order.filled), out);
            out.extend(b",\"message\":\"the order is cancelled\"}");
        }
        self.written = Some(begin..out.len());
    }

    /// Ends it.
    pub(crate) fn finish(&mut self, out: &mut Vec<u8>) -> Answer {
        if let Some(written) = self.written.take() {
            return Answer::Said(written);
        }
        if self.refused != 0 {
            return Answer::Refused(self.refused);
        }
        let (Some(placed), Some(lots)) = (self.placed, self.lots) else { return Answer::Count(self.count) };
        let begin = out.len();
        out.extend(&self.head);
        out.extend(b",\"quantity\":");
        lots.write(i128::from(placed.quantity), out);
        out.extend(b",\"filled_quantity\":");
        lots.write(i128::from(placed.filled), out);
        out.extend(b",\"status\":");
        json::text(LiveOrder::word(placed.status, placed.filled), out);
        out.extend(b",\"trades\":[");
        out.extend(&self.trades);
        out.extend(b"]}");
        Answer::Said(begin..out.len())
    }
}
