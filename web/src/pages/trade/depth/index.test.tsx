import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, fireEvent, render, renderHook, screen } from '@testing-library/react'
import { beforeEach, expect, test, vi } from 'vitest'
import DepthPanel from '@/pages/trade/depth'
import { bookOf } from '@/stream/book'
import { EMPTY_STATE, type Standing } from '@/stream/state'
import { useStream } from '@/stream/store'
import { FUN, level } from '@/test/examples'
import { useTicket } from '@/trading/ticket'

const told = ([price, quantity]: [number, number]) => level(`${price}`, `${quantity}`)

function tell(bids: [number, number][], asks: [number, number][], standing: Standing = 'live') {
  act(() =>
    useStream.setState({
      channels: new Map([['book:FUN', { standing, sequence: null }]]),
      books: new Map([[FUN, bookOf(bids.map(told), asks.map(told))]]),
    }),
  )
}

const show = () =>
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { enabled: false } } })}>
      <DepthPanel ticker={FUN} />
    </QueryClientProvider>,
  )

beforeEach(() => {
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null)
  useStream.setState(EMPTY_STATE, true)
})

test('there is a skeleton until the book came', () => {
  show()
  expect(screen.getByRole('status', { name: 'Loading the book' })).toBeDefined()
})

test('an empty book says so', () => {
  show()
  tell([], [])
  expect(screen.getByText('The book is empty')).toBeDefined()
})

test('a book with one side says which one is empty, and has no spread', () => {
  show()
  tell([[99, 5]], [])
  expect(screen.getByText('Nobody sells')).toBeDefined()
  expect(screen.getByText('Spread').parentElement?.textContent).toBe('Spread–')
  tell([], [[101, 5]])
  expect(screen.getByText('Nobody buys')).toBeDefined()
})

test('the header tells spread and balance, and a stale book is veiled', () => {
  show()
  tell([[99, 6]], [[101, 2]])
  expect(screen.getByText('Spread').parentElement?.textContent).toContain('2.00')
  expect(screen.getByRole('img', { name: /75% are bids: 6 bid, 2 asked/ })).toBeDefined()
  tell([[99, 6]], [[101, 2]], 'stale')
  expect(screen.getByText('Reconnecting')).toBeDefined()
})

test('the arrow keys go from level to level and tell exact costs on both sides; Enter takes the price', () => {
  show()
  tell(
    [
      [99, 5],
      [98, 10],
    ],
    [
      [101, 4],
      [102, 6],
    ],
  )
  const plot = screen.getByRole('application')
  fireEvent.keyDown(plot, { key: 'ArrowRight' })
  fireEvent.keyDown(plot, { key: 'ArrowRight' })
  expect(screen.getByText('≤ 102.00')).toBeDefined()
  expect(screen.getByText('1,016.00')).toBeDefined()
  expect(screen.getByText('≥ 98.00')).toBeDefined()
  expect(screen.getByText('1,475.00')).toBeDefined()
  fireEvent.keyDown(plot, { key: 'Enter' })
  expect(renderHook(() => useTicket(FUN)).result.current.price).toBe('102')
})

test('somebody who zooms has the zoom he chose until he lets it follow the book', () => {
  show()
  tell([[99, 5]], [[101, 4]])
  const button = () => screen.getByRole('button', { name: /^±/ })
  expect(button().textContent).toBe('±2%')
  fireEvent.click(screen.getByRole('button', { name: /Show more/ }))
  expect(button().textContent).toBe('±5%')
  expect(button().getAttribute('aria-pressed')).toBe('false')
  fireEvent.click(button())
  expect(button().getAttribute('aria-pressed')).toBe('true')
})
