import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, fireEvent, render, screen, within } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import Ladder from '@/pages/trade/ladder'
import { useFlights } from '@/pages/trade/ladder/in-flight'
import { arm } from '@/pages/trade/ladder/settings'
import { useSession } from '@/session/store'
import { bookOf } from '@/stream/book'
import { RefusedError } from '@/stream/connection'
import { EMPTY_STATE, type StreamState } from '@/stream/state'
import { connection, useStream } from '@/stream/store'
import { anOrder, aTrade, FUN, level } from '@/test/examples'
import { chooseSize } from '@/trading/sizes'
import { decimalOf, toText } from '@/wire/decimal'
import { asSequence } from '@/wire/reading'
import type { Order } from '@/wire/views'

const cent = decimalOf('0.01')
const listed = {
  ticker: FUN,
  name: 'Fun Industries',
  price_step: cent,
  quantity_step: decimalOf('1'),
  maker_fee_ppm: 0,
  taker_fee_ppm: 0,
  protection_ppm: 0,
}

class Tall {
  private readonly tell: ResizeObserverCallback
  constructor(tell: ResizeObserverCallback) {
    this.tell = tell
  }
  observe() {
    const contentRect = { width: 340, height: 22 * 20 }
    this.tell([{ contentRect } as ResizeObserverEntry], this as unknown as ResizeObserver)
  }
  unobserve() {}
  disconnect() {}
}

const live = { standing: 'live', sequence: asSequence(5) } as const

function market(orders: Order[] = []): StreamState {
  return {
    ...EMPTY_STATE,
    link: 'open',
    epoch: 1,
    channels: new Map([
      ['book:FUN', live],
      ['trades:FUN', live],
      ['account', live],
    ]),
    books: new Map([[FUN, bookOf([level('99.98', '140')], [level('100.02', '13')])]]),
    tapes: new Map([[FUN, [aTrade(4, '100.02', '7')]]]),
    own: { ...EMPTY_STATE.own, open: new Map(orders.map((order) => [order.order_id, order])) },
  }
}

const reply = (data: unknown) => ({ type: 'reply', ok: true, data }) as const

function show(orders: Order[] = []) {
  const queries = new QueryClient({
    defaultOptions: { queries: { retry: false, staleTime: Number.POSITIVE_INFINITY } },
  })
  queries.setQueryData(['instruments'], { instruments: [listed], cash_step: cent })
  queries.setQueryData(['tape', FUN, 1_000], [])
  queries.setQueryData(['portfolio', 'u'], { holdings: [] })
  act(() => useStream.setState(market(orders), true))
  render(
    <QueryClientProvider client={queries}>
      <Ladder ticker={FUN} />
    </QueryClientProvider>,
  )
  return screen.getByRole('grid', { name: /Ladder of FUN/ })
}

function cell(grid: HTMLElement, price: string, name: string): HTMLElement {
  const row = within(grid)
    .getAllByRole('row')
    .find(
      (one) =>
        one.dataset.row ===
        toText(decimalOf(price))
          .replace('.', '')
          .padEnd(price.length - 1, '0'),
    )
  const found = row?.querySelector<HTMLElement>(`[data-cell="${name}"]`)
  if (!found) throw new Error(`no cell ${name} at ${price}`)
  return found
}

const placedReply = (status = 'open') =>
  reply({
    order_id: '7',
    client_order_id: null,
    ticker: 'FUN',
    side: 'buy',
    price: 99.98,
    quantity: 10,
    filled_quantity: 0,
    status,
    trades: [],
  })

beforeEach(() => {
  vi.stubGlobal('ResizeObserver', Tall)
  useSession.setState({ standing: 'signed_in', me: { user_id: 'u', username: 'u', role: 'trader' } })
  chooseSize('10')
  arm(null)
})

afterEach(() => {
  vi.unstubAllGlobals()
  useFlights.setState({ flights: [] })
})

const armed = () => fireEvent.click(screen.getByRole('switch', { name: 'One-click trading' }))
const asked = (ask: { mock: { calls: unknown[][] } }) => ask.mock.calls.map(([request]) => request)

test('while it is not armed a click sends nothing', () => {
  const ask = vi.spyOn(connection, 'ask')
  const grid = show()
  fireEvent.click(cell(grid, '99.98', 'buy'))
  fireEvent.click(cell(grid, '100.02', 'sell'), { shiftKey: true })
  expect(asked(ask)).toEqual([])
})

test('armed, a click rests a limit with the chosen size, and with shift it is IOC', async () => {
  const ask = vi.spyOn(connection, 'ask').mockResolvedValue(placedReply() as never)
  const grid = show()
  armed()
  fireEvent.click(cell(grid, '99.98', 'buy'))
  fireEvent.click(cell(grid, '99.98', 'sell'), { shiftKey: true })
  await vi.waitFor(() => expect(ask).toHaveBeenCalledTimes(2))
  expect(asked(ask)).toEqual([
    expect.objectContaining({ op: 'place', side: 'buy', price: '99.98', time_in_force: 'GTC' }),
    expect.objectContaining({ op: 'place', side: 'sell', price: '99.98', time_in_force: 'IOC' }),
  ])
})

test('an order that is on its way is shown as such, and a refusal takes it away', async () => {
  let refuse: (error: Error) => void = () => undefined
  vi.spyOn(connection, 'ask').mockReturnValue(
    new Promise<never>((_, reject) => {
      refuse = reject
    }),
  )
  const grid = show()
  armed()
  fireEvent.click(cell(grid, '99.97', 'buy'))
  expect(cell(grid, '99.97', 'own-buy').textContent).toContain('on its way')
  await act(async () => refuse(new RefusedError({ code: 'insufficient_cash', detail: 'no cash' })))
  expect(cell(grid, '99.97', 'own-buy').textContent).toBe('')
})

test('nothing is sent into a market that is not up to date', () => {
  const ask = vi.spyOn(connection, 'ask')
  const grid = show()
  armed()
  const { channels } = useStream.getState()
  act(() =>
    useStream.setState({ channels: new Map([...channels, ['book:FUN', { ...live, standing: 'stale' }]]) }),
  )
  fireEvent.click(cell(grid, '99.98', 'buy'))
  expect(asked(ask)).toEqual([])
})

test('a press on an own order cancels all of that price and side', async () => {
  const ask = vi
    .spyOn(connection, 'ask')
    .mockResolvedValue(reply({ order_id: '1', status: 'cancelled', message: '' }) as never)
  const price = decimalOf('99.98')
  const grid = show([
    anOrder('1', { price }),
    anOrder('2', { price }),
    anOrder('3', { price: decimalOf('99.9') }),
  ])
  HTMLElement.prototype.setPointerCapture = () => undefined
  armed()
  const chip = cell(grid, '99.98', 'own-buy').querySelector('[data-own]')
  if (!chip) throw new Error('no own order is shown')
  vi.spyOn(HTMLElement.prototype, 'getBoundingClientRect').mockReturnValue({ top: 0 } as DOMRect)
  const rows = [...grid.querySelectorAll('[data-row]')]
  const y = rows.findIndex((row) => row.contains(chip)) * 22 + 5
  fireEvent.pointerDown(chip, { button: 0, pointerId: 1, clientY: y })
  fireEvent.pointerUp(chip, { button: 0, pointerId: 1, clientY: y })
  await vi.waitFor(() => expect(ask).toHaveBeenCalledTimes(2))
  expect(asked(ask)).toEqual([
    expect.objectContaining({ op: 'cancel', order_id: '1' }),
    expect.objectContaining({ op: 'cancel', order_id: '2' }),
  ])
})

test('the keyboard goes to a row and trades there', async () => {
  const ask = vi.spyOn(connection, 'ask').mockResolvedValue(placedReply() as never)
  const grid = show()
  armed()
  act(() => grid.focus())
  fireEvent.keyDown(grid, { key: 'ArrowDown' })
  fireEvent.keyDown(grid, { key: 'ArrowDown' })
  fireEvent.keyDown(grid, { key: 'b' })
  fireEvent.keyDown(grid, { key: 'S', shiftKey: true })
  await vi.waitFor(() => expect(ask).toHaveBeenCalledTimes(2))
  expect(asked(ask)).toEqual([
    expect.objectContaining({ side: 'buy', price: '99.99', time_in_force: 'GTC' }),
    expect.objectContaining({ side: 'sell', price: '99.99', time_in_force: 'IOC' }),
  ])
})

test('the second key of a way to another page does not sell', () => {
  const ask = vi.spyOn(connection, 'ask')
  const grid = show()
  armed()
  act(() => grid.focus())
  fireEvent.keyDown(grid, { key: 'ArrowDown' })
  fireEvent.keyDown(grid, { key: 'g' })
  fireEvent.keyDown(grid, { key: 's' })
  expect(asked(ask)).toEqual([])
})

test('Escape cancels the orders of this market only while it is armed', async () => {
  const ask = vi.spyOn(connection, 'ask').mockResolvedValue(reply({ cancelled: 1, message: '' }) as never)
  show([anOrder('1')])
  fireEvent.keyDown(window, { key: 'Escape', code: 'Escape' })
  expect(asked(ask)).toEqual([])
  armed()
  fireEvent.keyDown(window, { key: 'Escape', code: 'Escape' })
  await vi.waitFor(() => expect(asked(ask)).toEqual([{ op: 'cancel_all', ticker: 'FUN' }]))
})

test('who is not signed in sees the ladder and is asked to sign in', () => {
  useSession.setState({ standing: 'signed_out', me: null })
  show()
  expect(screen.getByRole('link', { name: 'Sign in to trade' }).getAttribute('href')).toContain(
    '/sign-in?next=',
  )
  expect(screen.getByRole('switch', { name: 'One-click trading' }).hasAttribute('disabled')).toBe(true)
})
