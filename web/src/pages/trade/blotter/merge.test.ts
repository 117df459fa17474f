import { expect, test } from 'vitest'
import { allFills, endedOrders } from '@/pages/trade/blotter/merge'
import { aFill, anOrder } from '@/test/examples'

const cancelled = (id: string) => anOrder(id, { status: 'cancelled', reason: 'by_owner' })

test('orders that still work are no history', () => {
  expect(endedOrders([], [anOrder('3'), cancelled('2')]).map((order) => order.order_id)).toEqual(['2'])
})

test('the newest comes first, whatever the number of digits', () => {
  const rows = endedOrders([cancelled('10')], [cancelled('9'), cancelled('100')])
  expect(rows.map((order) => order.order_id)).toEqual(['100', '10', '9'])
})

test('what the stream says of an order counts', () => {
  const live = anOrder('7', { status: 'filled' })
  expect(endedOrders([live], [anOrder('7'), cancelled('7')])).toEqual([live])
})

test('a fill that both tell is one', () => {
  const order = anOrder('1')
  const rows = allFills([aFill(order, 5, '1')], [aFill(order, 5, '1'), aFill(order, 4, '1')])
  expect(rows.map((fill) => fill.trade_id)).toEqual([5n, 4n])
})

test('both sides of an own trade are two fills', () => {
  expect(allFills([], [aFill(anOrder('1'), 5, '1'), aFill(anOrder('2'), 5, '1')])).toHaveLength(2)
})
