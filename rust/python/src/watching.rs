//! Looking at a simulation from Python: who takes part, what they hold, what the books show, whether it adds up.

use exchange::units::Side;
use pyo3::prelude::*;

use crate::errors::UsageError;
use crate::simulation::NativeSimulation;

#[pymethods]
impl NativeSimulation {
    #[allow(clippy::type_complexity)] // A row of a table, as Python unpacks it.
    /// Return the groups: name, kind, number of the first agent, count, markets.
    fn groups(&self) -> PyResult<Vec<(String, &'static str, u32, u32, Vec<u16>)>> {
        let groups = self.shared.with(|simulation| simulation.groups())?;
        Ok(groups
            .into_iter()
            .map(|group| (group.name, group.kind, group.first, group.count, group.markets))
            .collect())
    }

    #[allow(clippy::type_complexity)] // As above.
    /// Return the markets: name, symbol, number of the symbol, venue, number of the venue, instrument.
    fn markets(&self) -> PyResult<Vec<(String, String, u16, String, u16, u32)>> {
        let markets = self.shared.with(|simulation| simulation.markets())?;
        let row = |market: kernel::MarketView| {
            let (symbol, venue) = (market.symbol, market.venue);
            (market.name, symbol, market.symbol_number, venue, market.venue_number, market.instrument)
        };
        Ok(markets.into_iter().map(row).collect())
    }

    /// Return the profit of each agent in cash units, as far as 64 bits carry it.
    fn profits(&self) -> PyResult<Vec<i64>> {
        Ok(self.shared.with(|simulation| {
            let agents = u32::try_from(simulation.agent_count()).unwrap_or(u32::MAX);
            let profit = |agent| i64::try_from(simulation.profit(agent)).unwrap_or(i64::MAX);
            (0..agents).map(profit).collect()
        })?)
    }

    /// Return what must add up: the claim, whether it holds, the figures.
    fn audit(&self, py: Python<'_>) -> PyResult<Vec<(String, bool, String)>> {
        let claims = py.detach(|| self.shared.with(|simulation| simulation.audit()))?;
        Ok(claims.into_iter().map(|claim| (claim.claim, claim.holds, claim.detail)).collect())
    }

    /// Return the hashes of each venue: its name, the state's and the events'.
    fn hashes(&self) -> PyResult<Vec<(String, u64, u64)>> {
        Ok(self.shared.with(|simulation| {
            let hashes = simulation.state_hashes().into_iter().zip(simulation.event_hashes());
            simulation
                .venues()
                .into_iter()
                .zip(hashes)
                .map(|(name, (state, event))| (name, state, event))
                .collect()
        })?)
    }

    /// Return how many commands each venue was given, and how many events it made.
    fn volumes(&self) -> PyResult<Vec<(u64, u64)>> {
        Ok(self.shared.with(|simulation| simulation.volumes())?)
    }

    /// Return points of a symbol's fundamental: time in nanoseconds and value in ticks.
    fn fundamental(&self, symbol: u16, most: usize) -> PyResult<Vec<(i64, f64)>> {
        Ok(self.shared.with(|simulation| simulation.fundamental(symbol, most))?)
    }

    /// Return all news: time in nanoseconds, number of the symbol, jump in ticks, text.
    fn news(&self) -> PyResult<Vec<(i64, u16, f64, String)>> {
        Ok(self.shared.with(|simulation| simulation.news())?)
    }

    /// Return the best levels of a side of a market now: price and lots, from the best on.
    #[pyo3(signature = (market, side, levels, /))]
    fn depth(&self, market: u16, side: u8, levels: usize) -> PyResult<Vec<(i64, u64)>> {
        let side = Side::from_u8(side).ok_or_else(|| UsageError::new_err("a side is 0, buy, or 1, sell"))?;
        let depth = self.shared.with(|simulation| simulation.depth(market, side, levels))?;
        depth.ok_or_else(|| UsageError::new_err(format!("there is no market {market}")))
    }

    /// Return what some agents have together: cash, profit, open orders, and lots by market.
    #[pyo3(signature = (first, count, /))]
    fn holdings(&self, py: Python<'_>, first: u32, count: u32) -> PyResult<(i128, i128, u64, Vec<i64>)> {
        let held = py.detach(|| self.shared.with(|simulation| simulation.holdings(first, count)))?;
        let held = held.ok_or_else(|| UsageError::new_err("there are not so many agents"))?;
        Ok((held.cash, held.profit, held.open_orders, held.lots))
    }
}
