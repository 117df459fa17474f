import { expect, test } from 'vitest'
import * as examples from '@/lab/examples'
import { heard } from '@/lab/examples'
import { readLabMessage } from '@/lab/messages'
import { decimalOf } from '@/wire/decimal'
import { WireError } from '@/wire/reading'

const { heard: _heard, ...messages } = examples

test.each(Object.entries(messages))('%s is read as the reference writes it', (_name, message) => {
  expect(heard(message)).toMatchObject({ type: (message as { type: string }).type })
})

test('prices, sizes and money keep every digit', () => {
  const text = JSON.stringify(examples.TRADE)
    .replace('50000.5', '50000.123456789012345678')
    .replace('0.25', '1e-8')
  expect(readLabMessage(text)).toMatchObject({
    price: decimalOf('50000.123456789012345678'),
    quantity: decimalOf('0.00000001'),
  })
})

test('times of trades are milliseconds, candles have theirs already', () => {
  expect(heard(examples.TRADE)).toMatchObject({ timestamp: 1_795_305_601_234.567 })
  expect(heard(examples.KLINE)).toMatchObject({
    frame: '1m',
    candle: { timestamp: 1_795_305_600_000, trades: 14 },
  })
})

test('what stands in a row of agent_configs beside the name stays as it is', () => {
  expect(heard(examples.AGENT_CONFIGS)).toMatchObject({
    configs: [{ interval_ns: 100_000_000, spread: 0.0005 }],
  })
})

test('a kind that a later server may have is passed over', () => {
  expect(readLabMessage('{"type":"weather","sequence":1}')).toBeNull()
})

test.each([
  ['no JSON', '{'],
  ['a field that is missing', '{"type":"news","sequence":1,"text":"x"}'],
  ['a price that is none', JSON.stringify({ ...examples.TRADE, price: 'much' })],
])('%s is an error', (_name, text) => {
  expect(() => readLabMessage(text)).toThrow(WireError)
})
