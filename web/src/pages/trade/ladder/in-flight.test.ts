import { expect, test, vi } from 'vitest'
import { type Flight, fly, useFlights } from '@/pages/trade/ladder/in-flight'
import { useStream } from '@/stream/store'
import { FUN } from '@/test/examples'
import { decimalOf } from '@/wire/decimal'

const flight: Flight = {
  ticker: FUN,
  side: 'buy',
  price: decimalOf('99'),
  quantity: decimalOf('10'),
  clientOrderId: 'web-1',
  leaving: [],
}

test('what was sent is shown until the stream shows it itself', async () => {
  let known = false
  const answer = fly(flight, Promise.resolve('ok'), () => known)
  expect(useFlights.getState().flights).toEqual([flight])
  expect(await answer).toBe('ok')
  expect(useFlights.getState().flights).toEqual([flight])
  known = true
  useStream.setState({})
  await vi.waitFor(() => expect(useFlights.getState().flights).toEqual([]))
})

test('what was refused is gone with the answer, and the refusal is handed on', async () => {
  await expect(fly(flight, Promise.reject(new Error('no')), () => false)).rejects.toThrow('no')
  expect(useFlights.getState().flights).toEqual([])
})

test('a stream that stays silent does not keep it for ever', async () => {
  vi.useFakeTimers()
  await fly(flight, Promise.resolve(), () => false)
  expect(useFlights.getState().flights).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(600)
  expect(useFlights.getState().flights).toEqual([])
  vi.useRealTimers()
})
