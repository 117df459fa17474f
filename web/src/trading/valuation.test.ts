import fc from 'fast-check'
import { expect, test } from 'vitest'
import { heldOf, positionOf, returnOf } from '@/trading/valuation'
import { type Decimal, decimalOf } from '@/wire/decimal'
import { asTicker } from '@/wire/reading'
import type { Balance, Glance, Holding } from '@/wire/views'

const d = decimalOf
const FUN = asTicker('FUN')

const holding: Holding = {
  ticker: FUN,
  quantity: d('3'),
  locked: d('1'),
  current_price: d('101'),
  value: d('303'),
  // 299.99 / 3 has no end, so the profit is not reckoned with it.
  average_cost: d('99.99666666666667'),
  realized_pnl: d('5'),
  unrealized_pnl: d('3.01'),
  fees: d('0.1'),
}

const at = (price: Decimal, bid: Decimal | null = null, ask: Decimal | null = null): Glance => ({
  current_price: price,
  best_bid: bid,
  best_ask: ask,
  change_24h: 0,
  volume_24h: d('0'),
  high_24h: null,
  low_24h: null,
  phase: 'continuous',
})

const balance = (quantity: string): Balance => ({
  cash: d('1000'),
  escrowed_cash: d('0'),
  buying_power: d('1000'),
  holdings: [{ ticker: FUN, quantity: d(quantity), locked: d('0') }],
})

test('profit follows the price to the last digit', () => {
  expect(positionOf(holding, holding, at(d('100')))).toMatchObject({ value: d('300'), unrealised: d('0.01') })
  expect(positionOf(holding, holding, at(d('99.99'))).unrealised).toBe(d('-0.02'))
})

test('a price outside the spread counts as the nearest price of the book, as the venue counts it', () => {
  const { last, value, unrealised } = positionOf(holding, holding, at(d('105'), d('101'), d('102')))
  expect([last, value, unrealised]).toEqual([d('105'), d('306'), d('6.01')])
})

test('the venue is believed where no price is known', () => {
  expect(positionOf(holding, holding, null)).toMatchObject({
    value: d('303'),
    unrealised: d('3.01'),
    last: d('101'),
    free: d('2'),
    profit: d('7.91'),
  })
})

test('the stream says what is held, the venue where the stream said nothing yet', () => {
  expect(heldOf(FUN, holding, null)).toBe(holding)
  expect(heldOf(FUN, holding, balance('8')).quantity).toBe(d('8'))
  expect(heldOf(FUN, holding, { ...balance('8'), holdings: [] }).quantity).toBe(0n)
})

test('right after a trade what it cost is not known', () => {
  const traded = positionOf(holding, heldOf(FUN, holding, balance('8')), at(d('101')))
  expect(traded).toMatchObject({ value: d('808'), averageCost: null, unrealised: d('3.01') })
  expect(returnOf(traded)).toBeNull()
})

test('the return is of the cost', () => {
  expect(returnOf(positionOf(holding, holding, at(d('101'))))).toBeCloseTo(0.010033, 5)
  const flat = { ...holding, quantity: d('0'), value: d('0'), unrealized_pnl: d('0') }
  expect(returnOf(positionOf(flat, flat, at(d('101'))))).toBeNull()
})

test('value less profit is the cost at every price', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 10n ** 24n }), (price) => {
      const { value, unrealised } = positionOf(holding, holding, at(price as Decimal))
      expect(value - unrealised).toBe(d('299.99'))
    }),
  )
})
