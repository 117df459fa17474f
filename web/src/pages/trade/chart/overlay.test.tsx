import { act, fireEvent, render, screen } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import { createStore } from 'zustand/vanilla'
import { CandleFeed } from '@/pages/trade/chart/feed'
import { Overlay } from '@/pages/trade/chart/overlay'
import { Reading } from '@/pages/trade/chart/reading'
import type { View } from '@/pages/trade/chart/view'
import type { getCandles } from '@/wire/api'
import { decimalOf } from '@/wire/decimal'
import { asSequence, asTicker } from '@/wire/reading'
import type { Candle } from '@/wire/views'

const candle = (minute: number, close: number): Candle => ({
  timestamp: minute * 60_000,
  open: decimalOf(10),
  high: decimalOf(12),
  low: decimalOf(9),
  close: decimalOf(close),
  volume: decimalOf('1234.5'),
})

function chart(load: typeof getCandles) {
  const feed = new CandleFeed({
    ticker: asTicker('FUN'),
    interval: '1m',
    load,
    tape: () => [],
  })
  const view = createStore<View>(() => ({ point: null, back: false, atStart: false }))
  const onNewest = vi.fn()
  feed.start()
  render(
    <>
      <Overlay feed={feed} view={view} onNewest={onNewest} />
      <Reading feed={feed} view={view} step={decimalOf('0.01')} marks={[]} />
    </>,
  )
  return { feed, view, onNewest }
}

const answering = (candles: Candle[]) => async () => ({ candles, sequence: asSequence(1) })

test('there is a skeleton, then the newest candle in figures', async () => {
  chart(answering([candle(1, 10), candle(2, 11)]))
  expect(screen.getByRole('status', { name: 'Loading candles' })).toBeDefined()
  await act(async () => undefined)
  expect(screen.queryByRole('status', { name: 'Loading candles' })).toBeNull()
  expect(screen.getByText('11.00')).toBeDefined()
  expect(screen.getByText('+10.00%')).toBeDefined()
  expect(screen.getByText('1,234.5')).toBeDefined()
})

test('the candle that is pointed at is told, and the newest again when none is', async () => {
  const { view } = chart(answering([candle(1, 9.5), candle(2, 11)]))
  await act(async () => undefined)
  act(() => view.setState({ point: 60_000 }))
  expect(screen.getByText('9.50')).toBeDefined()
  act(() => view.setState({ point: null }))
  expect(screen.getByText('11.00')).toBeDefined()
})

test('a market without trades says so', async () => {
  chart(answering([]))
  await act(async () => undefined)
  expect(screen.getByText('Nothing was traded yet')).toBeDefined()
})

test('a history that cannot be had can be asked for again', async () => {
  const load = vi.fn<typeof getCandles>().mockRejectedValueOnce(new Error('the venue cannot be reached'))
  load.mockImplementation(answering([candle(1, 10)]))
  chart(load)
  await act(async () => undefined)
  expect(screen.getByText('The venue cannot be reached.')).toBeDefined()
  fireEvent.click(screen.getByRole('button', { name: 'Try again' }))
  await act(async () => undefined)
  expect(screen.getByText('12.00')).toBeDefined()
})

test('there is a way back to the newest when it is out of sight', async () => {
  const { view, onNewest } = chart(answering([candle(1, 10)]))
  await act(async () => undefined)
  expect(screen.queryByRole('button', { name: /Newest/ })).toBeNull()
  act(() => view.setState({ back: true, atStart: true }))
  fireEvent.click(screen.getByRole('button', { name: /Newest/ }))
  expect(onNewest).toHaveBeenCalledOnce()
  expect(screen.getByText('The history begins here')).toBeDefined()
})
