import { expect, test } from 'vitest'
import { canEdit, changeOf } from '@/pages/trade/blotter/change-of'
import { anOrder } from '@/test/examples'
import { decimalOf } from '@/wire/decimal'

const STEPS = { price_step: decimalOf('0.01'), quantity_step: decimalOf('1') }
const order = anOrder('1', { filled_quantity: decimalOf('4'), status: 'partial' })

test('only what changed is sent', () => {
  expect(changeOf(order, 'price', ' 98.5 ', STEPS)).toEqual({
    kind: 'change',
    change: { price: decimalOf('98.5') },
  })
  expect(changeOf(order, 'quantity', '8', STEPS)).toEqual({
    kind: 'change',
    change: { quantity: decimalOf('8') },
  })
})

test('the same value in other digits is no change', () => {
  expect(changeOf(order, 'price', '99.00', STEPS)).toEqual({ kind: 'same' })
})

test('no less than is filled', () => {
  expect(changeOf(order, 'quantity', '4', STEPS)).toHaveProperty(
    'words',
    expect.stringContaining('4 are filled'),
  )
  expect(changeOf(order, 'quantity', '5', STEPS).kind).toBe('change')
})

test('a mistake tells what would be right', () => {
  expect(changeOf(order, 'price', '98.555', STEPS)).toHaveProperty(
    'words',
    'The price goes in steps of 0.01. Nearest: 98.56.',
  )
  expect(changeOf(order, 'quantity', '', STEPS)).toHaveProperty('words', 'The quantity is missing.')
})

test('a price that an order has not cannot be changed', () => {
  expect(canEdit(order, 'price')).toBe(true)
  expect(canEdit(order, 'stop_price')).toBe(false)
  expect(
    canEdit(anOrder('2', { type: 'stop', price: null, stop_price: decimalOf('90') }), 'stop_price'),
  ).toBe(true)
})
