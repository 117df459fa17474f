//! What market makers have in common: a middle to quote around, and quotes that never take.

use exchange::units::Side;

use crate::context::{Context, Order};
use crate::market::{Print, Quote};

/// The middle of the best prices; where a side is empty the last trade, and before the first the initial price.
pub(crate) fn middle(quote: &Quote, last: &Print, market: u16, context: &Context<'_>) -> f64 {
    quote.mid().unwrap_or_else(|| {
        if last.lots > 0 { last.price as f64 } else { context.initial_price(market) as f64 }
    })
}

/// Quotes a side at a wished price, but a tick short of the other side's best where that is nearer.
pub(crate) fn quote_side(
    market: u16,
    side: Side,
    wish: f64,
    lots: u64,
    quote: &Quote,
    context: &mut Context<'_>,
) {
    let wish = match (side, quote.best(side.opposite())) {
        (Side::Buy, Some(ask)) => wish.min((ask - 1) as f64),
        (Side::Sell, Some(bid)) => wish.max((bid + 1) as f64),
        (_, None) => wish,
    };
    let price = context.fit_price(market, side, wish);
    context.place(Order::limit(market, side, lots, price));
}
