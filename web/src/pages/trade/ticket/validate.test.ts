import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Terms } from '@/pages/trade/ticket/estimate'
import { reserveOf } from '@/pages/trade/ticket/estimate'
import { type Means, type Quotes, readExpiry, readTicket } from '@/pages/trade/ticket/validate'
import { BLANK_TICKET, type Ticket } from '@/trading/ticket'
import { decimalOf, toText } from '@/wire/decimal'

const d = decimalOf
const CENT = d('0.01')
const NOW = 1_700_000_000_000

const TERMS: Terms = {
  price_step: CENT,
  quantity_step: d('1'),
  cash_step: CENT,
  maker_fee_ppm: 0,
  taker_fee_ppm: 1_000,
  protection_ppm: 50_000,
}
const QUOTES: Quotes = { bid: d('99.9'), ask: d('100.1'), trading: true }
const MEANS: Means = { buyingPower: d('10000'), held: d('12'), free: d('10') }

const ticket = (change: Partial<Ticket>): Ticket => ({
  ...BLANK_TICKET,
  price: '100',
  quantity: '5',
  ...change,
})
const read = (change: Partial<Ticket>, means: Means | null = MEANS) =>
  readTicket(ticket(change), TERMS, QUOTES, means, NOW)

test('a good ticket is an order', () => {
  expect(read({})).toEqual({
    mistakes: {},
    order: {
      side: 'buy',
      type: 'limit',
      price: d('100'),
      stopPrice: null,
      quantity: d('5'),
      timeInForce: 'GTC',
      displayQuantity: null,
      expiresAt: null,
      postOnly: false,
      reduceOnly: false,
    },
  })
})

test('each field has its own mistake', () => {
  const { order, mistakes } = read({ type: 'stop_limit', price: 'x', stopPrice: '', quantity: '0' })
  expect(order).toBeNull()
  expect(Object.keys(mistakes).sort()).toEqual(['price', 'quantity', 'stopPrice'])
  expect(mistakes.stopPrice?.empty).toBe(true)
})

test('fields that the type does not have are not looked at', () => {
  expect(read({ type: 'market', price: 'x', stopPrice: 'y' }).mistakes).toEqual({})
  expect(read({ type: 'stop', price: 'x', stopPrice: '110' }).mistakes).toEqual({})
})

test('more than the buying power is too much, and the most is offered', () => {
  const { mistakes } = read({ quantity: '100' })
  expect(mistakes.quantity?.instead?.value).toBe(d('99'))
  expect(read({ quantity: '99' }).mistakes).toEqual({})
})

test('a market buy needs cash up to its protection price', () => {
  // 100.10 and five per cent are 105.10; 95 of them and the fee are 9994.48.
  const { mistakes } = read({ type: 'market', quantity: '96' })
  expect(mistakes.quantity).toEqual({
    words: 'The buying power is enough for 95 at the protection price.',
    instead: { label: 'Most: 95', value: d('95') },
  })
})

test('only what is free can be sold', () => {
  expect(read({ side: 'sell', quantity: '11' }).mistakes.quantity?.words).toBe('Only 10 can be sold.')
  const none = { ...MEANS, free: d('0') }
  expect(read({ side: 'sell', quantity: '1' }, none).mistakes.quantity).toEqual({
    words: 'There is nothing free to sell.',
  })
})

test('who is not signed in is not told that it is too much', () => {
  expect(read({ quantity: '1000000' }, null).mistakes).toEqual({})
})

test('post only must not cross, from either side', () => {
  expect(read({ postOnly: true, price: '100.1' }).mistakes.price?.instead?.value).toBe(d('100.09'))
  expect(read({ postOnly: true, price: '100.09' }).mistakes).toEqual({})
  expect(read({ side: 'sell', postOnly: true, price: '99' }).mistakes.price?.instead?.value).toBe(d('99.91'))
})

test('the display quantity is no more than the whole', () => {
  expect(read({ displayQuantity: '6' }).mistakes.displayQuantity?.words).toContain('more than')
  expect(read({ displayQuantity: '5' }).order?.displayQuantity).toBe(d('5'))
  expect(read({ displayQuantity: ' ' }).order?.displayQuantity).toBeNull()
})

test('an expiry is a time to come, for GTD alone', () => {
  expect(readExpiry('', NOW)).toHaveProperty('mistake.empty', true)
  expect(readExpiry('yesterday', NOW)).toHaveProperty('mistake')
  expect(readExpiry('2001-01-01T00:00', NOW)).toHaveProperty(
    'mistake.words',
    'The expiry must be in the future.',
  )
  expect(readExpiry('9999-01-01T00:00', NOW)).toHaveProperty('mistake.words', 'This is no date and time.')
  expect(readExpiry('2030-01-02T03:04:05', NOW)).toEqual({ value: new Date(2030, 0, 2, 3, 4, 5).getTime() })
  expect(read({ timeInForce: 'GTD' }).mistakes.expiresAt?.empty).toBe(true)
  expect(read({ expiresAt: 'nonsense' }).mistakes).toEqual({})
})

test('no text whatever breaks the reading', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (price, quantity) => {
      const { order, mistakes } = read({ price, quantity })
      expect(order === null).toBe(Object.keys(mistakes).length > 0)
    }),
  )
})

test('an order that is read never needs more than the buying power', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200_000 }),
      fc.integer({ min: 1, max: 2_000 }),
      (cents, quantity) => {
        const { order } = read({ price: toText(d(`${cents}e-2`)), quantity: String(quantity) })
        if (order?.price)
          expect(reserveOf(order.price, order.quantity, TERMS) <= MEANS.buyingPower).toBe(true)
      },
    ),
  )
})
