import fc from 'fast-check'
import { expect, test } from 'vitest'
import { costOf, positionAt, returnOf } from '@/pages/trade/blotter/pnl'
import { type Decimal, decimalOf } from '@/wire/decimal'
import { asTicker } from '@/wire/reading'
import type { Holding } from '@/wire/views'

const d = decimalOf

const holding: Holding = {
  ticker: asTicker('FUN'),
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

test('the cost comes out exact', () => {
  expect(costOf(holding)).toBe(d('299.99'))
})

test('profit follows the price to the last digit', () => {
  expect(positionAt(holding, d('100'), null)).toMatchObject({ value: d('300'), unrealised: d('0.01') })
  expect(positionAt(holding, d('99.99'), null).unrealised).toBe(d('-0.02'))
})

test('the venue is believed where no price is known', () => {
  expect(positionAt(holding, null, null)).toMatchObject({
    value: d('303'),
    unrealised: d('3.01'),
    last: d('101'),
  })
})

test('the return is of the cost', () => {
  expect(returnOf(positionAt(holding, d('101'), null))).toBeCloseTo(0.010033, 5)
  const flat = { ...holding, quantity: d('0'), value: d('0'), unrealized_pnl: d('0') }
  expect(returnOf(positionAt(flat, d('101'), null))).toBeNull()
})

test('value less profit is the cost at every price', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 10n ** 24n }), (price) => {
      const at = positionAt(holding, price as Decimal, null)
      expect(at.value - at.unrealised).toBe(costOf(holding))
    }),
  )
})
