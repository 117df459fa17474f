import { expect, test } from 'vitest'
import { decimalOf } from '@/wire/decimal'
import { parseJson } from '@/wire/json'
import { readMessage } from '@/wire/messages'
import { WireError } from '@/wire/reading'

const trade =
  '{"type":"trade","channel":"trades:FUN","sequence":9872,"previous":9809,"data":{"trade_id":"9872","ticker":"FUN",' +
  '"price":99.52,"quantity":2,"buyer_id":"b","seller_id":"s","side":"buy","timestamp":1795282282090},"price":99.52}'

test('a trade is read, and what an older client reads beside it is left', () => {
  const message = readMessage(trade)
  expect(message).toMatchObject({ type: 'trade', sequence: 9872n, previous: 9809n, snapshot: false })
  if (message?.type === 'trade') expect(message.data.price).toBe(decimalOf('99.52'))
})

test('whole numbers beyond 2^53 arrive with every digit', () => {
  const large = trade
    .replace('"quantity":2', '"quantity":9007199254740993')
    .replace('9872,', '9007199254740995,')
  const message = readMessage(large)
  expect(message).toMatchObject({ sequence: 9007199254740995n })
  if (message?.type === 'trade') expect(message.data.quantity).toBe(decimalOf('9007199254740993'))
})

test('short numbers go through the quick parser, long ones keep their text', () => {
  expect(parseJson('{"a":0.29,"b":123456789012345}')).toEqual({ a: 0.29, b: 123456789012345 })
  expect(parseJson('{"a":9007199254740993}')).toEqual({ a: '9007199254740993' })
  expect(parseJson('{"a":1795282282090123}')).toEqual({ a: 1795282282090123 })
})

test('news on the stream carry nanoseconds, which become milliseconds without loss', () => {
  const message = readMessage(
    '{"type":"news","channel":"news","sequence":5,"previous":4,"data":' +
      '{"time_ns":1795282282090123456,"text":"<b>Fun</b>","ticker":"FUN","impact":0.02}}',
  )
  expect(message).toMatchObject({ data: { timestamp: 1795282282090, text: '<b>Fun</b>', ticker: 'FUN' } })
})

test('a kind that only a later venue knows is passed over', () => {
  expect(readMessage('{"type":"greeks","channel":"greeks:FUN"}')).toBeNull()
  expect(readMessage('{"type":"constructor"}')).toBeNull()
  expect(readMessage('[1]')).toBeNull()
})

test.each([
  ['no JSON', '{"type":'],
  ['a price that is none', trade.replace('99.52', '"dear"')],
  ['a sequence that is none', trade.replace('9872,', '-1.5,')],
  ['a side that is none', trade.replace('"side":"buy"', '"side":"both"')],
])('%s is a WireError', (_name, text) => {
  expect(() => readMessage(text)).toThrow(WireError)
})
