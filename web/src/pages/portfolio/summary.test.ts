import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatWeight, profitPart, summaryOf, WHOLE, weightsOf } from '@/pages/portfolio/summary'
import { markOf } from '@/trading/valuation'
import { add, type Decimal, decimalOf, parseDecimal, subtract, toText, ZERO } from '@/wire/decimal'
import { asTicker, type Ticker } from '@/wire/reading'
import type { Balance, Glance, Holding, Portfolio } from '@/wire/views'

const FUN = asTicker('FUN')
const HODL = asTicker('HODL')

const maybe = (text: string | null): Decimal | null => (text === null ? null : decimalOf(text))

const aGlance = (last: string, bid: string | null = null, ask: string | null = null): Glance => ({
  current_price: decimalOf(last),
  best_bid: maybe(bid),
  best_ask: maybe(ask),
  change_24h: 0,
  volume_24h: ZERO,
  high_24h: null,
  low_24h: null,
  phase: 'continuous',
})

const aHolding = (ticker: Ticker, figures: Partial<Record<keyof Holding, string>>): Holding => ({
  ticker,
  quantity: decimalOf(figures.quantity ?? '0'),
  locked: decimalOf(figures.locked ?? '0'),
  current_price: decimalOf(figures.current_price ?? '1'),
  value: decimalOf(figures.value ?? '0'),
  average_cost: maybe(figures.average_cost ?? null),
  realized_pnl: decimalOf(figures.realized_pnl ?? '0'),
  unrealized_pnl: decimalOf(figures.unrealized_pnl ?? '0'),
  fees: decimalOf(figures.fees ?? '0'),
})

const aPortfolio = (holdings: Holding[], cash = '1000', escrow = '0'): Portfolio => ({
  user_id: 'u',
  username: 'ada',
  cash: decimalOf(cash),
  escrowed_cash: decimalOf(escrow),
  buying_power: decimalOf(cash),
  holdings,
  total_value: holdings.reduce((sum, { value }) => add(sum, value), decimalOf(cash)),
})

/** Three at 10.01, 10.01 and 10.02: an average of 10.01333…, which no decimal says. */
const THREE = aHolding(FUN, {
  quantity: '3',
  locked: '1',
  current_price: '11',
  value: '33',
  average_cost: '10.013333333333334',
  unrealized_pnl: '2.96',
  realized_pnl: '-4.5',
  fees: '0.25',
})

const texts = (figures: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [
      name,
      typeof value === 'bigint' ? toText(value as Decimal) : value,
    ]),
  )

test('an account that holds nothing is worth its cash', () => {
  const { positions, ...figures } = summaryOf(aPortfolio([]), null, new Map())
  expect(positions).toEqual([])
  expect(texts(figures)).toEqual({
    cash: '1000',
    escrow: '0',
    buyingPower: '1000',
    holdings: '0',
    total: '1000',
    unrealised: '0',
    realised: '0',
    fees: '0',
    profit: '0',
  })
})

test('without a stream the figures are those that the venue told', () => {
  const told = aPortfolio([THREE])
  const summary = summaryOf(told, null, new Map())
  expect(summary.total).toBe(told.total_value)
  expect(toText(summary.unrealised)).toBe('2.96')
  expect(toText(summary.profit)).toBe('-1.79')
})

test('a new price moves value and unrealised profit to the last digit, whatever the average cost was rounded to', () => {
  const { positions } = summaryOf(aPortfolio([THREE]), null, new Map([[FUN, aGlance('10.01')]]))
  expect(positions[0] && toText(positions[0].value)).toBe('30.03')
  expect(positions[0] && toText(positions[0].unrealised)).toBe('-0.01')
  expect(positions[0] && toText(positions[0].free)).toBe('2')
})

test('a mark is the last price, held between the best prices where there are both', () => {
  expect(toText(markOf(aGlance('101.78', '101.66', '101.69')))).toBe('101.69')
  expect(toText(markOf(aGlance('100', '101', '102')))).toBe('101')
  expect(toText(markOf(aGlance('101.5', '101', '102')))).toBe('101.5')
  expect(toText(markOf(aGlance('100', '101', null)))).toBe('100')
  expect(toText(markOf(aGlance('100', null, '99')))).toBe('100')
})

test('losses are below zero, and fees come off the profit', () => {
  const { profit, realised, fees, unrealised } = summaryOf(
    aPortfolio([THREE, aHolding(HODL, { realized_pnl: '-7', fees: '0.5' })]),
    null,
    new Map([[FUN, aGlance('1')]]),
  )
  expect([unrealised, realised, fees, profit].map(toText)).toEqual(['-27.04', '-11.5', '0.75', '-39.29'])
})

test('what was sold in full stays as a line with what it earned', () => {
  const { positions } = summaryOf(aPortfolio([aHolding(HODL, { realized_pnl: '5' })]), null, new Map())
  expect(positions[0]?.averageCost).toBeNull()
  expect(positions[0] && toText(positions[0].profit)).toBe('5')
})

test('right after a trade the quantity is the stream’s, and the profit the last that is known', () => {
  const balance: Balance = {
    cash: decimalOf('950'),
    escrowed_cash: ZERO,
    buying_power: decimalOf('950'),
    holdings: [{ ticker: FUN, quantity: decimalOf('8'), locked: ZERO }],
  }
  const summary = summaryOf(aPortfolio([THREE]), balance, new Map([[FUN, aGlance('10')]]))
  expect(toText(summary.total)).toBe('1030')
  expect(toText(summary.unrealised)).toBe('2.96')
  expect(summary.positions[0]?.averageCost).toBeNull()
})

test('what was bought since the venue answered is there already', () => {
  const balance: Balance = {
    cash: decimalOf('900'),
    escrowed_cash: decimalOf('50'),
    buying_power: decimalOf('900'),
    holdings: [{ ticker: HODL, quantity: decimalOf('2'), locked: ZERO }],
  }
  const summary = summaryOf(aPortfolio([]), balance, new Map([[HODL, aGlance('25')]]))
  expect(toText(summary.total)).toBe('1000')
  expect(summary.positions.map(({ ticker }) => ticker)).toEqual(['HODL'])
})

test('profit is told as a part of what the account began with', () => {
  expect(profitPart({ total: decimalOf('1100'), profit: decimalOf('100') })).toBeCloseTo(0.1)
  expect(profitPart({ total: decimalOf('900'), profit: decimalOf('-100') })).toBeCloseTo(-0.1)
  expect(profitPart({ total: ZERO, profit: ZERO })).toBeNull()
})

const amount = fc.bigInt({ min: 0n, max: 10n ** 30n }).map((value) => value as Decimal)

test('weights add to the whole, and none is off by more than one step', () => {
  fc.assert(
    fc.property(fc.array(amount, { minLength: 1, maxLength: 40 }), (parts) => {
      const all = parts.reduce<bigint>((sum, part) => sum + part, 0n)
      fc.pre(all > 0n)
      const weights = weightsOf(parts)
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBe(WHOLE)
      for (const [place, part] of parts.entries()) {
        const exact = Number((part * 1_000_000n * BigInt(WHOLE)) / all) / 1_000_000
        expect(Math.abs((weights[place] ?? 0) - exact)).toBeLessThanOrEqual(1)
      }
    }),
  )
})

test('three equal parts share what cannot be divided', () => {
  expect(weightsOf(['1', '1', '1'].map(decimalOf)).map(formatWeight)).toEqual(['33.34%', '33.33%', '33.33%'])
})

test('nothing has no weights, and what is below zero has none either', () => {
  expect(weightsOf([])).toEqual([])
  expect(weightsOf([ZERO, ZERO])).toEqual([0, 0])
  expect(weightsOf(['-5', '5'].map(decimalOf))).toEqual([0, WHOLE])
})

test('cash, escrow and holdings are the total, at any prices', () => {
  const cents = fc.integer({ min: 1, max: 10_000_000 }).map((value) => (value / 100).toFixed(2))
  fc.assert(
    fc.property(cents, cents, cents, fc.integer({ min: 1, max: 1_000 }), (last, bid, ask, quantity) => {
      const held = aHolding(FUN, { quantity: String(quantity), value: '100', unrealized_pnl: '-3.5' })
      const glance = aGlance(last, bid, ask)
      const summary = summaryOf(aPortfolio([held], '123.45', '6.7'), null, new Map([[FUN, glance]]))
      const value = (markOf(glance) * BigInt(quantity)) as Decimal
      expect(summary.holdings).toBe(value)
      expect(summary.total).toBe(add(value, parseDecimal('130.15') ?? ZERO))
      expect(summary.unrealised).toBe(subtract(value, decimalOf('103.5')))
    }),
  )
})
