import { expect, test } from 'vitest'
import { placeRefusal } from '@/trading/refusals'

test.each([
  ['price_off_tick', 'price must be a multiple of 0.01', 'price'],
  ['price_off_tick', 'stop_price must be a multiple of 0.01', 'stopPrice'],
  ['quantity_off_lot', 'quantity must be a multiple of 1', 'quantity'],
  ['quantity_off_lot', 'display_quantity must be a multiple of 1', 'displayQuantity'],
  ['insufficient_cash', 'not enough free cash', 'quantity'],
  ['insufficient_position', 'not enough free lots to sell', 'quantity'],
  ['expiry_missing', 'good till date needs an expiry', 'expiresAt'],
  ['display_out_of_range', 'the display quantity is above the quantity', 'displayQuantity'],
  ['rate_limited', 'too many orders', null],
  ['something_new', 'a later venue says so', null],
])('%s (%s) stands at %s', (code, detail, field) => {
  expect(placeRefusal(code, new Error(detail), 'limit').field).toBe(field)
})

test('a price that the type does not show stands elsewhere', () => {
  expect(placeRefusal('price_outside_band', new Error('x'), 'stop').field).toBe('stopPrice')
  expect(placeRefusal('price_outside_band', new Error('x'), 'market').field).toBeNull()
})

test('what the venue says is a sentence', () => {
  expect(placeRefusal('something_new', new Error('a later venue says so'), 'limit').words).toBe(
    'A later venue says so.',
  )
})
