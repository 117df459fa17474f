import { expect, test } from 'vitest'
import type { Flight } from '@/pages/trade/ladder/in-flight'
import { aheadText, aheadWords, coming, ownCells } from '@/pages/trade/ladder/own'
import type { Place } from '@/pages/trade/ladder/place'
import { anOrder, FUN } from '@/test/examples'
import { decimalOf, toText } from '@/wire/decimal'
import type { Order } from '@/wire/views'

const one = decimalOf('1')
const cent = decimalOf('0.01')
const place = (ahead: string | null, kind: Place['kind'] = 'estimate', arrival = 0): Place => ({
  side: 'buy',
  price: decimalOf('99'),
  quantity: decimalOf('10'),
  filled: decimalOf('0'),
  ahead: ahead === null ? null : decimalOf(ahead),
  kind,
  arrival,
})
const openOf = (...orders: Order[]) => new Map(orders.map((order) => [order.order_id, order]))
const market = { ticker: FUN, side: 'buy', unit: cent, step: one } as const

test('an estimate, a bound and nothing known are told apart', () => {
  expect(aheadText(place('120'), one)).toBe('≈120')
  expect(aheadText(place('120', 'bound'), one)).toBe('≤120')
  expect(aheadText(place('0', 'bound'), one)).toBe('≈0')
  expect(aheadText(place(null, 'bound'), one)).toBe('?')
  expect(aheadText(undefined, one)).toBe('?')
  expect(aheadWords(place('120'), one)).toBe('≈120 ahead')
})

test('what falls between two steps is rounded up, and what is long is shortened', () => {
  expect(aheadText(place('74.2'), one)).toBe('≈75')
  expect(aheadText(place('74.25'), decimalOf('0.1'))).toBe('≈74.3')
  expect(aheadText(place('123456'), one)).toBe('≈123K')
})

test('orders at one price are one cell, with the place of the foremost', () => {
  const queue = new Map([
    ['1', place('50')],
    ['2', place('20', 'estimate', 1)],
  ])
  const open = openOf(
    anOrder('1'),
    anOrder('2', { quantity: decimalOf('5'), filled_quantity: decimalOf('2') }),
  )
  const cell = ownCells(open, queue, [], market).get(9_900n)
  expect(cell && [toText(cell.quantity), cell.ahead, cell.orders.length]).toEqual(['13', '≈20', 2])
  expect(cell?.words).toBe('Your 2 orders: 10 (≈50 ahead), 3 (≈20 ahead)')
})

test('other markets, the other side and stops that sleep are left out', () => {
  const open = openOf(
    anOrder('1', { side: 'sell' }),
    anOrder('2', { type: 'stop_limit', stop_price: decimalOf('98') }),
    anOrder('3', { type: 'stop', price: null }),
  )
  expect(ownCells(open, new Map(), [], market).size).toBe(0)
})

const flight: Flight = {
  ticker: FUN,
  side: 'buy',
  price: decimalOf('98'),
  quantity: decimalOf('7'),
  clientOrderId: 'web-1',
  leaving: ['1'],
}

test('an order that was asked to go is marked so', () => {
  const cells = ownCells(
    openOf(anOrder('1'), anOrder('2', { price: decimalOf('97') })),
    new Map(),
    [flight],
    market,
  )
  expect(cells.get(9_900n)?.leaving).toBe(true)
  expect(cells.get(9_700n)?.leaving).toBe(false)
})

test('what was sent is on its way until the stream shows it', () => {
  expect([...coming([flight], openOf(), market)].map(([row, size]) => [row, toText(size)])).toEqual([
    [9_800n, '7'],
  ])
  expect(coming([flight], openOf(anOrder('9', { client_order_id: 'web-1' })), market).size).toBe(0)
  expect(coming([{ ...flight, price: null }], openOf(), market).size).toBe(0)
  expect(coming([flight], openOf(), { ...market, side: 'sell' }).size).toBe(0)
})
