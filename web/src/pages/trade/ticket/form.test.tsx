import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, fireEvent, render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test, vi } from 'vitest'
import type { Terms } from '@/pages/trade/ticket/estimate'
import { TicketForm } from '@/pages/trade/ticket/form'
import { clearRefusal, giveUp } from '@/pages/trade/ticket/submission'
import { useSession } from '@/session/store'
import { RefusedError, UnansweredError } from '@/stream/connection'
import { useStream } from '@/stream/store'
import { aBalance, FUN } from '@/test/examples'
import * as orders from '@/trading/orders'
import { BLANK_TICKET, editTicket } from '@/trading/ticket'
import { decimalOf } from '@/wire/decimal'
import type { Placed } from '@/wire/views'

vi.mock('@/trading/orders', async (original) => ({
  ...(await original<typeof orders>()),
  placeOrder: vi.fn(),
}))

// A busy machine takes its time over a first render.
vi.setConfig({ testTimeout: 20_000 })

const place = vi.mocked(orders.placeOrder)
const d = decimalOf

const TERMS: Terms = {
  price_step: d('0.01'),
  quantity_step: d('1'),
  cash_step: d('0.01'),
  maker_fee_ppm: 0,
  taker_fee_ppm: 0,
  protection_ppm: 50_000,
}

const PLACED: Placed = {
  order_id: '1',
  client_order_id: 'x',
  ticker: FUN,
  side: 'buy',
  price: d('100'),
  quantity: d('5'),
  filled_quantity: d('0'),
  status: 'open',
  trades: [],
}

beforeEach(() => {
  place.mockReset()
  editTicket(FUN, { ...BLANK_TICKET, price: '100', quantity: '5' })
  clearRefusal(FUN)
  giveUp(FUN)
  useSession.setState({ standing: 'signed_in', me: { user_id: 'u', username: 'u', role: 'trader' } })
  useStream.setState({ own: { open: new Map(), ended: [], fills: [], balance: aBalance() } })
})

const show = () =>
  render(
    <QueryClientProvider client={new QueryClient()}>
      <TicketForm ticker={FUN} terms={TERMS} />
    </QueryClientProvider>,
  )

const button = () => screen.getByRole<HTMLButtonElement>('button', { name: /^(Buy|Sending)/ })
const quantity = () => screen.getByLabelText<HTMLInputElement>('Quantity')

test('a double click sends one order', async () => {
  let answer: (placed: Placed) => void = () => undefined
  place.mockReturnValue(new Promise((resolve) => (answer = resolve)))
  show()
  fireEvent.click(button())
  fireEvent.click(button())
  expect(place).toHaveBeenCalledTimes(1)
  expect(button().disabled).toBe(true)
  await act(async () => answer(PLACED))
  expect(quantity().value).toBe('')
})

test('what was refused stands beside its field, and what was typed stays', async () => {
  place.mockRejectedValue(new RefusedError({ code: 'insufficient_cash', detail: 'not enough free cash' }))
  show()
  await userEvent.click(quantity())
  await userEvent.keyboard('{Enter}')
  expect(quantity().value).toBe('5')
  expect(quantity().getAttribute('aria-invalid')).toBe('true')
  expect(screen.getByRole('alert').textContent).toContain('not enough buying power')
  await userEvent.type(quantity(), '{Backspace}4')
  expect(quantity().getAttribute('aria-invalid')).toBeNull()
})

test('an order without an answer is sent again under the same name', async () => {
  place.mockRejectedValueOnce(new UnansweredError(true)).mockResolvedValueOnce(PLACED)
  show()
  await userEvent.click(button())
  expect(button().disabled).toBe(true)
  await userEvent.click(screen.getByRole('button', { name: 'Send again' }))
  const [first, second] = place.mock.calls.map(([draft]) => draft)
  expect(first?.client_order_id).toMatch(/^web-/)
  expect(second).toEqual(first)
  expect(screen.queryByText('No answer came')).toBeNull()
})

test('two orders have two names', async () => {
  place.mockResolvedValue(PLACED)
  show()
  await userEvent.click(button())
  await userEvent.type(quantity(), '3{Enter}')
  const [first, second] = place.mock.calls.map(([draft]) => draft.client_order_id)
  expect(first).not.toBe(second)
})

test('a mistake is shown when the order is to be sent, and nothing goes out', async () => {
  editTicket(FUN, { price: '', quantity: '٣' })
  show()
  expect(screen.queryByRole('alert')).toBeNull()
  await userEvent.click(button())
  expect(place).not.toHaveBeenCalled()
  expect(screen.getAllByRole('alert').map((alert) => alert.textContent)).toEqual([
    'The price is missing.',
    'Write it with the digits 0 to 9.',
  ])
})

test('the arrow keys step, and the nearest price is taken with a click', async () => {
  show()
  const price = screen.getByLabelText<HTMLInputElement>('Price')
  await userEvent.click(price)
  await userEvent.keyboard('{ArrowUp}{Shift>}{ArrowDown}{/Shift}')
  expect(price.value).toBe('99.91')
  await userEvent.type(price, '4')
  await userEvent.tab()
  await userEvent.click(screen.getByRole('button', { name: 'Nearest: 99.91' }))
  expect(price.value).toBe('99.91')
})

test('who is not signed in may fill it in, and is led to sign in', async () => {
  useSession.setState({ standing: 'signed_out', me: null })
  show()
  await userEvent.type(quantity(), '{Enter}')
  expect(place).not.toHaveBeenCalled()
  expect(screen.getByRole('link', { name: 'Sign in to trade' }).getAttribute('href')).toContain(
    encodeURIComponent('/trade/FUN'),
  )
})
