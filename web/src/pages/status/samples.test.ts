import fc from 'fast-check'
import { expect, test } from 'vitest'
import { looked, NO_SAMPLES, PINGS_MAX, RATES_MAX } from '@/pages/status/samples'

const ping = (round_ms: number) => ({ round_ms, venue_ms: 0.1 })

test('a ping is kept once, however often it is looked at', () => {
  const one = ping(1)
  let samples = looked(NO_SAMPLES, 0, one, 0)
  samples = looked(samples, 1_000, one, 0)
  samples = looked(samples, 2_000, ping(1), 0)
  expect(samples.pings.map((sample) => sample.at)).toEqual([0, 2_000])
})

test('messages a second come from two looks', () => {
  const samples = looked(looked(NO_SAMPLES, 1_000, null, 100), 3_000, null, 500)
  expect(samples.rates).toEqual([200])
})

test('a look too soon after another only takes the ping', () => {
  const first = looked(NO_SAMPLES, 1_000, null, 0)
  const second = looked(first, 1_100, ping(2), 10)
  expect(second.rates).toEqual([])
  expect(second.pings).toHaveLength(1)
  expect(second.lastLook).toBe(first.lastLook)
})

test('a page that slept begins anew, and so does a clock that went back', () => {
  const slept = looked(looked(NO_SAMPLES, 0, null, 0), 60_000, null, 6_000)
  expect(slept.rates).toEqual([])
  expect(slept.lastLook).toEqual({ at: 60_000, messages: 6_000 })
  expect(looked(slept, 0, null, 7_000).rates).toEqual([])
})

test('samples are bounded and never negative', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(6_000), fc.nat(1_000)), { maxLength: 300 }), (steps) => {
      let samples = NO_SAMPLES
      let at = 0
      let messages = 0
      for (const [passed, came] of steps) {
        at += passed
        messages += came
        samples = looked(samples, at, ping(came), messages)
      }
      expect(samples.pings.length).toBeLessThanOrEqual(PINGS_MAX)
      expect(samples.rates.length).toBeLessThanOrEqual(RATES_MAX)
      expect(samples.rates.every((rate) => rate >= 0 && Number.isFinite(rate))).toBe(true)
    }),
  )
})
