import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  crosses,
  estimate,
  feeOf,
  middleOf,
  mostFor,
  type Order,
  partOf,
  protectionPrice,
  reserveOf,
  stepped,
  type Terms,
  walk,
} from '@/pages/trade/ticket/estimate'
import { STEPS_MAX } from '@/trading/typed'
import { type Decimal, decimalOf, ofSteps, smaller } from '@/wire/decimal'

const d = decimalOf

const terms = (change: Partial<Terms> = {}): Terms => ({
  price_step: d('0.01'),
  quantity_step: d('1'),
  cash_step: d('0.01'),
  maker_fee_ppm: 500,
  taker_fee_ppm: 1_000,
  protection_ppm: 50_000,
  ...change,
})

const level = (price: string, quantity: string) => ({ price: d(price), quantity: d(quantity) })

const order = (change: Partial<Order> = {}): Order => ({
  side: 'buy',
  type: 'limit',
  quantity: d('10'),
  price: d('100'),
  stopPrice: null,
  timeInForce: 'GTC',
  postOnly: false,
  ...change,
})

test('a fee is rounded toward zero in cash steps', () => {
  expect(feeOf(d('10.99'), 1_000, d('0.01'))).toBe(d('0.01'))
  expect(feeOf(d('9.99'), 1_000, d('0.01'))).toBe(d('0'))
})

test('a rebate is rounded toward zero too', () => {
  expect(feeOf(d('19.99'), -1_000, d('0.01'))).toBe(d('-0.01'))
  expect(feeOf(d('9.99'), -1_000, d('0.01'))).toBe(d('0'))
})

test('the worse of the two rates is set aside, and a rebate never lowers it', () => {
  expect(reserveOf(d('100'), d('10'), terms())).toBe(d('1001'))
  expect(reserveOf(d('100'), d('10'), terms({ maker_fee_ppm: -100, taker_fee_ppm: 0 }))).toBe(d('1000'))
})

test('the protection price is rounded toward its anchor', () => {
  expect(protectionPrice('buy', d('100.07'), terms())).toBe(d('105.07'))
  expect(protectionPrice('sell', d('100.07'), terms())).toBe(d('95.07'))
  expect(protectionPrice('buy', d('100'), terms({ protection_ppm: 0 }))).toBeNull()
})

test('a limit crosses from its own side only', () => {
  expect(crosses('buy', d('100'), d('100'))).toBe(true)
  expect(crosses('buy', d('99.99'), d('100'))).toBe(false)
  expect(crosses('sell', d('100'), d('100'))).toBe(true)
  expect(crosses('sell', d('100.01'), d('100'))).toBe(false)
  expect(crosses('buy', d('100'), null)).toBe(false)
})

const ASKS = [level('100', '5'), level('101', '5'), level('120', '50')]

test('walking the book takes level by level', () => {
  const walked = walk(ASKS, 'buy', d('8'), null, terms())
  expect(walked).toEqual({ filled: d('8'), worth: d('803'), fee: d('0.8'), last: d('101'), end: 'filled' })
})

test('walking ends before a level beyond the limit', () => {
  expect(walk(ASKS, 'buy', d('20'), d('105'), terms())).toMatchObject({ filled: d('10'), end: 'limit' })
})

test('walking ends where the book does', () => {
  expect(walk(ASKS, 'buy', d('100'), null, terms())).toMatchObject({ filled: d('60'), end: 'thin' })
  expect(walk([], 'buy', d('1'), null, terms())).toMatchObject({ filled: d('0'), end: 'thin' })
})

test('a market buy is estimated by the book, within the protection', () => {
  const found = estimate(order({ type: 'market', price: null, timeInForce: 'IOC' }), ASKS, terms(), true)
  expect(found.average).toBe(d('100.5'))
  expect(found.slippage).toBeCloseTo(0.005)
  expect(found.takes).toBe(d('1006'))
  const large = order({ type: 'market', price: null, timeInForce: 'IOC', quantity: d('20') })
  expect(estimate(large, ASKS, terms(), true).now).toMatchObject({ filled: d('10'), end: 'limit' })
})

test('a limit that crosses trades in part and rests in part', () => {
  const found = estimate(order({ price: d('100'), quantity: d('8') }), ASKS, terms(), true)
  expect(found.now.filled).toBe(d('5'))
  expect(found.rests).toBe(d('3'))
  expect(found.liquidity).toBe('both')
  // 500 and its taker fee are gone; 300 and the worse fee on it are set aside.
  expect(found.takes).toBe(d('800.8'))
})

test('a limit that rests is a maker', () => {
  const found = estimate(order({ price: d('99') }), ASKS, terms(), true)
  expect(found).toMatchObject({ liquidity: 'maker', worth: d('990'), fee: d('0.49'), average: null })
})

test('nothing trades while the market does not match', () => {
  expect(estimate(order({ price: d('200') }), ASKS, terms(), false).now.filled).toBe(d('0'))
})

test('fill or kill trades whole or not at all', () => {
  const some = order({ price: d('100'), quantity: d('8'), timeInForce: 'FOK' })
  expect(estimate(some, ASKS, terms(), true)).toMatchObject({ worth: d('0'), takes: d('0') })
})

test('a stop buy sets aside up to the protection of its stop', () => {
  const stop = order({ type: 'stop', price: null, stopPrice: d('110'), quantity: d('1') })
  const found = estimate(stop, ASKS, terms(), true)
  expect(found.worth).toBe(d('110'))
  expect(found.takes).toBe(reserveOf(d('115.5'), d('1'), terms()))
})

test('a sale brings in what trades, without its fee', () => {
  const sale = order({ side: 'sell', price: d('99'), quantity: d('5') })
  expect(estimate(sale, [level('100', '9')], terms(), true).takes).toBe(d('-499.5'))
})

test('steps go onto the grid and stop at one step', () => {
  expect(stepped(d('100'), 1, d('0.01'))).toBe(d('100.01'))
  expect(stepped(d('100.005'), 1, d('0.01'))).toBe(d('100.01'))
  expect(stepped(d('100.005'), -1, d('0.01'))).toBe(d('100'))
  expect(stepped(d('0.01'), -10, d('0.01'))).toBe(d('0.01'))
})

test('the middle lies on the step, on the kinder side', () => {
  expect(middleOf(d('100'), d('100.01'), 'buy', d('0.01'))).toBe(d('100'))
  expect(middleOf(d('100'), d('100.01'), 'sell', d('0.01'))).toBe(d('100.01'))
  expect(middleOf(d('100'), d('100.02'), 'sell', d('0.01'))).toBe(d('100.01'))
})

test('a part of a quantity is rounded down to its step', () => {
  expect(partOf(d('7'), 50, d('1'))).toBe(d('3'))
  expect(partOf(d('7'), 100, d('1'))).toBe(d('7'))
})

test('nothing can be bought with nothing', () => {
  expect(mostFor(d('0'), d('1'), terms())).toBe(0n)
  expect(mostFor(d('-5'), d('1'), terms())).toBe(0n)
})

const anyTerms = fc
  .record({
    price: fc.integer({ min: 0, max: 4 }),
    quantity: fc.integer({ min: 0, max: 4 }),
    maker: fc.integer({ min: -100_000, max: 100_000 }),
    taker: fc.integer({ min: 0, max: 100_000 }),
  })
  .map(({ price, quantity, maker, taker }) =>
    terms({
      price_step: d(`1e-${price}`),
      quantity_step: d(`1e-${quantity}`),
      cash_step: d(`1e-${price + quantity}`),
      maker_fee_ppm: maker,
      taker_fee_ppm: taker,
    }),
  )

test('the most is always affordable, and one step more is not', () => {
  fc.assert(
    fc.property(
      anyTerms,
      fc.bigInt({ min: 1n, max: 2n ** 40n }),
      fc.bigInt({ min: 0n, max: 2n ** 50n }),
      (some, ticks, units) => {
        const price = ofSteps(ticks, some.price_step)
        const budget = ofSteps(units, some.cash_step)
        const most = mostFor(budget, price, some)
        expect(most % some.quantity_step).toBe(0n)
        expect(reserveOf(price, most, some) <= budget).toBe(true)
        if (most / some.quantity_step < STEPS_MAX) {
          const more = (most + some.quantity_step) as Decimal
          expect(reserveOf(price, more, some) > budget).toBe(true)
        }
      },
    ),
  )
})

test('a walk never takes more than there is, than is wanted, or past the limit', () => {
  const levels = fc.array(fc.tuple(fc.bigInt({ min: 1n, max: 500n }), fc.bigInt({ min: 1n, max: 50n })))
  fc.assert(
    fc.property(
      levels,
      fc.bigInt({ min: 1n, max: 500n }),
      fc.bigInt({ min: 1n, max: 600n }),
      (drawn, wanted, limit) => {
        const some = terms()
        const asks = drawn
          .map(([price, quantity]) => ({
            price: ofSteps(price, d('1')),
            quantity: ofSteps(quantity, d('1')),
          }))
          .sort((a, b) => (a.price < b.price ? -1 : 1))
        const walked = walk(asks, 'buy', ofSteps(wanted, d('1')), ofSteps(limit, d('1')), some)
        const there = asks
          .filter((ask) => ask.price <= ofSteps(limit, d('1')))
          .reduce((sum, ask) => sum + ask.quantity, 0n)
        const least = smaller(there as Decimal, ofSteps(wanted, d('1')))
        expect(walked.filled).toBe(least)
        expect(walked.end === 'filled').toBe(walked.filled === ofSteps(wanted, d('1')))
        // The fee of the parts never passes that of the whole.
        expect(walked.fee <= feeOf(walked.worth, some.taker_fee_ppm, some.cash_step)).toBe(true)
      },
    ),
  )
})
