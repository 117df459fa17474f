import fc from 'fast-check'
import { expect, test } from 'vitest'
import { linesOf, readBatch } from '@/lab/batch'
import { formatBytes, progressOf, simCandle, simClockMs } from '@/lab/clock'
import { clockText, durationText, isDuration } from '@/lab/durations'
import { heard, ORDERBOOK } from '@/lab/examples'
import { FRAMES, fittingFrame, frameWords, secondsOf } from '@/lab/frames'
import type { Orderbook } from '@/lab/messages'
import { reachOf } from '@/lab/reach'
import { faster, readSpeed, SPEED_MAX, slower, speedWords } from '@/lab/speeds'
import { tokenIn } from '@/lab/token'
import { lineNamed, lineRange, lineWords } from '@/lab/yaml-lines'
import { decimalOf } from '@/wire/decimal'

test('frames are sorted by their length, and a slow clock is shown in short ones', () => {
  const lengths = FRAMES.map(secondsOf)
  expect(lengths).toEqual(lengths.toSorted((a, b) => a - b))
  expect(frameWords('5m')).toBe('5 minutes')
  expect(fittingFrame(0, 1)).toBe('1s')
  expect(secondsOf(fittingFrame(0, 1_000))).toBeGreaterThan(secondsOf(fittingFrame(0, 10)))
  expect(fittingFrame(5 * 3_600, 50)).toBe('3m')
  expect(fittingFrame(1e12, 1)).toBe('1d')
})

test('up and down go through the speeds, and stop at their ends', () => {
  expect([1, 10, 25, 10_000, 100_000, 0].map(faster)).toEqual([2, 20, 50, 100_000, 0, 0])
  expect([0, 25, 1, 0.1, 0.01].map(slower)).toEqual([100_000, 20, 0.5, 0.1, 0.1])
})

test('a speed is slower after slower and faster after faster', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.11, max: 99_999, noNaN: true }), (speed) => {
      expect(slower(speed)).toBeLessThan(speed)
      // Beyond the fastest is as fast as it goes.
      expect(faster(speed) || Number.POSITIVE_INFINITY).toBeGreaterThan(speed)
    }),
  )
})

test('speeds in words and as they are typed', () => {
  expect([0, 0.5, 10, 1_000, 25_000].map(speedWords)).toEqual(['Max', '0.5×', '10×', '1,000×', '25k×'])
  expect(['25', '2.5x', ' 3 × ', '1,000', '2k', 'MAX'].map(readSpeed)).toEqual(
    [25, 2.5, 3, 1_000, 2_000, 0].map((speed) => ({ speed })),
  )
  for (const text of ['', 'fast', '-1', '0', String(SPEED_MAX + 1), '1e9'])
    expect(readSpeed(text)).toHaveProperty('mistake')
})

test('simulated time is told in UTC wherever the reader is', () => {
  const ms = 1_795_305_601_234.567
  expect(simClockMs(ms)).toBe('00:00:01.234')
  expect(simCandle(ms, 60)).toContain('22 Nov')
})

test('progress is between nothing and all, and not known without an end', () => {
  expect(progressOf(150, 100, 200)).toBe(0.5)
  expect(progressOf(250, 100, 200)).toBe(1)
  expect(progressOf(150, 100, null)).toBeNull()
  expect(formatBytes(181_403_648)).toBe('181 MB')
})

test('durations are short, and can be read again', () => {
  expect([100_000_000, 25e9, 1.5e9, 0, 90e9, 60e9, 1_234_567].map(durationText)).toEqual([
    '100ms',
    '25s',
    '1.5s',
    '0s',
    '1.5min',
    '1min',
    '1234567ns',
  ])
  expect(clockText(34_200_250_000_000)).toBe('09:30:00.25')
  const units = { d: 86_400e9, h: 3_600e9, min: 60e9, s: 1e9, ms: 1e6, us: 1e3, ns: 1 }
  fc.assert(
    fc.property(fc.maxSafeNat(), (nanoseconds) => {
      const text = durationText(nanoseconds)
      expect(isDuration(text)).toBe(true)
      const [, count, unit] = /^([\d.]+)([a-z]+)$/.exec(text) ?? []
      expect(Math.round(Number(count) * units[unit as keyof typeof units])).toBe(nanoseconds)
    }),
  )
})

test('a token is taken out of the address in whichever way it was written', () => {
  expect(['#token=abc', '#/?token=abc', '#/token=abc', '#?token=a%2Bb'].map(tokenIn)).toEqual([
    'abc',
    'abc',
    'abc',
    'a+b',
  ])
  expect(['', '#', '#/runs', '#token='].map(tokenIn)).toEqual([null, null, null, null])
})

test('the line that a refusal names is where it is', () => {
  const text = 'a: 1\nb:\n  c: x\n'
  expect(lineNamed('posted.yaml, line 3, column 6: c must be a number', text)).toBe(3)
  expect(lineNamed('config:2: b must be a map', text)).toBe(2)
  expect(lineWords('Config:2: b must be a map')).toBe('Line 2: b must be a map')
  expect(lineNamed('line 9: beyond', text)).toBeNull()
  expect(lineNamed('the baseline 3 is odd', text)).toBeNull()
  expect(text.slice(...lineRange(text, 3))).toBe('  c: x')
})

test('an order reaches as far into the book as its size goes', () => {
  const book = heard(ORDERBOOK) as unknown as Orderbook
  const size = (text: string) => decimalOf(text)
  expect(reachOf(book, 'sell', size('1.5'))).toMatchObject({ levels: 1, price: size('49999'), left: 0n })
  expect(reachOf(book, 'sell', size('2'))).toMatchObject({ levels: 2, price: size('49998.5'), left: 0n })
  expect(reachOf(book, 'buy', size('5'))).toMatchObject({ levels: 1, taken: size('2'), left: size('3') })
  expect(reachOf({ ...book, asks: [] }, 'buy', size('5'))).toBeNull()
})

async function* pieces(...texts: string[]) {
  yield* texts
}

test('lines are put together from pieces, however they are cut', async () => {
  const text = '{"a":1}\n\n{"b":"ü"}\n{"c":3}'
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: text.length }), async (cut) => {
      const lines: string[] = []
      for await (const line of linesOf(pieces(text.slice(0, cut), text.slice(cut)))) lines.push(line)
      expect(lines).toEqual(['{"a":1}', '{"b":"ü"}', '{"c":3}'])
    }),
  )
})

test('a batch ends with its run, with its reason, or is told to have broken off', async () => {
  const seen: number[] = []
  const told = (...lines: string[]) => readBatch(pieces(...lines), ({ progress }) => seen.push(progress))
  const progress = '{"type":"progress","progress":0.25,"done":0,"of":4,"timestamp":1795305600000000}'
  await expect(told(progress, '{"type":"final","run":"r","status":"complete"}')).resolves.toMatchObject({
    run: 'r',
  })
  await expect(told('{"type":"error","error":"line 3: odd"}')).rejects.toThrow('line 3: odd')
  await expect(told(progress)).rejects.toThrow(/hung up/)
  expect(seen).toEqual([0.25, 0.25])
})
