import { expect, test } from 'vitest'
import { ppmWords, readInstrument, USUAL } from '@/pages/admin/instrument-rules'
import { decimalOf } from '@/wire/decimal'

const CENT = decimalOf('0.01')
const LISTED = new Set(['FUN'])
const MOON = { ...USUAL, ticker: 'MOON', name: 'Moon Mining', initial_price: '10.00' }
const read = (change: Partial<typeof MOON>) => readInstrument({ ...MOON, ...change }, CENT, LISTED)

test('a whole instrument is sent with decimals as text and parts as numbers', () => {
  expect(read({ taker_fee_ppm: '250' })).toEqual({
    mistakes: {},
    body: {
      ticker: 'MOON',
      name: 'Moon Mining',
      initial_price: '10',
      price_step: '0.01',
      quantity_step: '1',
      maker_fee_ppm: 0,
      taker_fee_ppm: 250,
      protection_ppm: 50_000,
      breaker_ppm: 0,
    },
  })
})

test.each([
  [{ ticker: '' }, 'ticker', /Enter/],
  [{ ticker: 'moon' }, 'ticker', /capital/],
  [{ ticker: 'MO ON' }, 'ticker', /capitals/],
  [{ ticker: 'M'.repeat(17) }, 'ticker', /at most 16/],
  [{ ticker: 'FUN' }, 'ticker', /listed already/],
  [{ initial_price: '' }, 'initial_price', /number/],
  [{ initial_price: '0' }, 'initial_price', /above zero/],
  [{ initial_price: '10.005' }, 'initial_price', /multiple of the price step, 0.01/],
  [{ initial_price: '100000.01' }, 'initial_price', /10,000,000/],
  [{ quantity_step: '0.1' }, 'price_step', /multiple of 0.01 in cash/],
  [{ price_step: '-1' }, 'price_step', /above zero/],
  [{ maker_fee_ppm: '1.5' }, 'maker_fee_ppm', /whole/],
  [{ maker_fee_ppm: '-100001' }, 'maker_fee_ppm', /From −100,000/],
  [{ maker_fee_ppm: '-200', taker_fee_ppm: '100' }, 'maker_fee_ppm', /rebate/],
  [{ taker_fee_ppm: '-1' }, 'taker_fee_ppm', /From 0/],
  [{ protection_ppm: '1000001' }, 'protection_ppm', /1,000,000/],
  [{ breaker_ppm: '' }, 'breaker_ppm', /whole/],
] as const)('%j is refused at %s', (change, place, words) => {
  const { body, mistakes } = read(change)
  expect(body).toBeNull()
  expect(mistakes[place]).toMatch(words)
})

test('a product finer than what is kept is no multiple of the cash step', () => {
  const fine = { price_step: '0.0000000001', quantity_step: '0.0000000001', initial_price: '0.0000000001' }
  expect(readInstrument({ ...MOON, ...fine }, decimalOf('0.000000000000000001'), LISTED).body).toBeNull()
})

test('a rebate that the taker pays for is taken', () => {
  expect(read({ maker_fee_ppm: '-100', taker_fee_ppm: '100' }).body?.maker_fee_ppm).toBe(-100)
})

test('parts per million are told as per cent', () => {
  expect(ppmWords('250')).toBe('0.025%')
  expect(ppmWords('-100')).toBe('−0.01%')
  expect(ppmWords('x')).toBeNull()
})
