//! Integers to bytes and back, for snapshots and commands alike. Little-endian, without padding.

use crate::command::{InstrumentKind, InstrumentSpec, Limits};
use crate::units::{InstrumentId, PriceTicks};

/// Why bytes could not be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum WireError {
    /// They end too early.
    Length,
    /// A field has a value that means nothing.
    Impossible(&'static str),
}

type Read<T> = Result<T, WireError>;

/// Appends integers.
#[derive(Default)]
pub(crate) struct Writer(pub(crate) Vec<u8>);

impl Writer {
    pub(crate) fn byte(&mut self, value: u8) {
        self.0.push(value);
    }
    pub(crate) fn u32(&mut self, value: u32) {
        self.0.extend(value.to_le_bytes());
    }
    pub(crate) fn u64(&mut self, value: u64) {
        self.0.extend(value.to_le_bytes());
    }
    pub(crate) fn i32(&mut self, value: i32) {
        self.0.extend(value.to_le_bytes());
    }
    pub(crate) fn i64(&mut self, value: i64) {
        self.0.extend(value.to_le_bytes());
    }
    pub(crate) fn i128(&mut self, value: i128) {
        self.0.extend(value.to_le_bytes());
    }
    pub(crate) fn count(&mut self, value: usize) {
        self.u64(value as u64);
    }
}

/// Takes integers off the front.
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl Reader<'_> {
    pub(crate) fn take<const N: usize>(&mut self) -> Read<[u8; N]> {
        let Some((head, rest)) = self.0.split_first_chunk::<N>() else { return Err(WireError::Length) };
        self.0 = rest;
        Ok(*head)
    }
    pub(crate) fn byte(&mut self) -> Read<u8> {
        self.take::<1>().map(|[byte]| byte)
    }
    pub(crate) fn u32(&mut self) -> Read<u32> {
        self.take().map(u32::from_le_bytes)
    }
    pub(crate) fn u64(&mut self) -> Read<u64> {
        self.take().map(u64::from_le_bytes)
    }
    pub(crate) fn i32(&mut self) -> Read<i32> {
        self.take().map(i32::from_le_bytes)
    }
    pub(crate) fn i64(&mut self) -> Read<i64> {
        self.take().map(i64::from_le_bytes)
    }
    pub(crate) fn i128(&mut self) -> Read<i128> {
        self.take().map(i128::from_le_bytes)
    }
    /// A price-like number within `±bound`.
    pub(crate) fn within(&mut self, bound: i64, field: &'static str) -> Read<i64> {
        let value = self.i64()?;
        if (-bound..=bound).contains(&value) { Ok(value) } else { Err(WireError::Impossible(field)) }
    }
    /// A number of things of at least `size` bytes each, which must still fit.
    pub(crate) fn count(&mut self, size: usize, most: u64) -> Read<u64> {
        let count = self.u64()?;
        let room = (self.0.len() / size) as u64;
        if count > room || count > most { Err(WireError::Length) } else { Ok(count) }
    }
    /// A byte that names one of an enumeration.
    pub(crate) fn named<T>(&mut self, read: impl Fn(u8) -> Option<T>, field: &'static str) -> Read<T> {
        read(self.byte()?).ok_or(WireError::Impossible(field))
    }
    pub(crate) fn flag(&mut self) -> Read<bool> {
        self.named(|byte| (byte < 2).then_some(byte == 1), "flag")
    }
}

/// Writes an instrument's description.
pub(crate) fn write_spec(out: &mut Writer, spec: &InstrumentSpec) {
    out.byte(spec.kind as u8);
    out.u32(spec.reference.get());
    out.i64(spec.strike.get());
    out.u32(spec.contract_lots);
    out.i64(spec.multiplier);
    out.i64(spec.min_price.get());
    out.i64(spec.max_price.get());
    out.i64(spec.price_step);
    out.u64(spec.lot_step);
    out.i64(spec.initial_price.get());
    out.i32(spec.maker_fee_ppm);
    out.i32(spec.taker_fee_ppm);
    out.u32(spec.protection_ppm);
    out.u32(spec.breaker_ppm);
    out.u32(spec.initial_margin_ppm);
    out.u32(spec.maintenance_margin_ppm);
}

/// Reads an instrument's description; its numbers are still unchecked.
pub(crate) fn read_spec(reader: &mut Reader<'_>) -> Read<InstrumentSpec> {
    Ok(InstrumentSpec {
        kind: reader.named(InstrumentKind::from_u8, "instrument kind")?,
        reference: InstrumentId::new(reader.u32()?),
        strike: PriceTicks::new(reader.i64()?),
        contract_lots: reader.u32()?,
        multiplier: reader.i64()?,
        min_price: PriceTicks::new(reader.i64()?),
        max_price: PriceTicks::new(reader.i64()?),
        price_step: reader.i64()?,
        lot_step: reader.u64()?,
        initial_price: PriceTicks::new(reader.i64()?),
        maker_fee_ppm: reader.i32()?,
        taker_fee_ppm: reader.i32()?,
        protection_ppm: reader.u32()?,
        breaker_ppm: reader.u32()?,
        initial_margin_ppm: reader.u32()?,
        maintenance_margin_ppm: reader.u32()?,
    })
}

/// Writes an account's limits.
pub(crate) fn write_limits(out: &mut Writer, limits: &Limits) {
    out.u64(limits.order_lots);
    out.u64(limits.position_lots);
    out.u32(limits.open_orders);
}

/// Reads an account's limits; they are still unchecked.
pub(crate) fn read_limits(reader: &mut Reader<'_>) -> Read<Limits> {
    Ok(Limits { order_lots: reader.u64()?, position_lots: reader.u64()?, open_orders: reader.u32()? })
}
