/**
 * The order ticket as it stands, market by market: what somebody typed stays, whatever happens around it. The book, the
 * ladder and the keyboard write into it too.
 */
import { create } from 'zustand'
import { type Decimal, toText } from '@/wire/decimal'
import type { OrderType, Side, Ticker, TimeInForce } from '@/wire/reading'

/** The fields as text, as they were typed. */
export interface Ticket {
  readonly side: Side
  readonly type: OrderType
  readonly price: string
  readonly stopPrice: string
  readonly quantity: string
  readonly timeInForce: TimeInForce
  /** Local date and time, for GTD. */
  readonly expiresAt: string
  readonly displayQuantity: string
  readonly postOnly: boolean
  readonly reduceOnly: boolean
}

/** A field of the ticket that something may be wrong with. */
export type FieldName = 'price' | 'stopPrice' | 'quantity' | 'displayQuantity' | 'expiresAt'

export const BLANK_TICKET: Ticket = {
  side: 'buy',
  type: 'limit',
  price: '',
  stopPrice: '',
  quantity: '',
  timeInForce: 'GTC',
  expiresAt: '',
  displayQuantity: '',
  postOnly: false,
  reduceOnly: false,
}

interface Tickets {
  readonly tickets: ReadonlyMap<Ticker, Ticket>
}

const useTickets = create<Tickets>(() => ({ tickets: new Map() }))

export const useTicket = (ticker: Ticker): Ticket =>
  useTickets((state) => state.tickets.get(ticker) ?? BLANK_TICKET)

export function editTicket(ticker: Ticker, change: Partial<Ticket>): void {
  useTickets.setState(({ tickets }) => {
    const next = new Map(tickets)
    next.set(ticker, { ...(tickets.get(ticker) ?? BLANK_TICKET), ...change })
    return { tickets: next }
  })
}

/** Take a price from the book, as a limit where the ticket has no price of that kind. */
export function pickPrice(ticker: Ticker, price: Decimal, side?: Side): void {
  const ticket = useTickets.getState().tickets.get(ticker) ?? BLANK_TICKET
  const type = ticket.type === 'market' ? 'limit' : ticket.type
  editTicket(ticker, {
    type,
    ...(type === 'stop' ? { stopPrice: toText(price) } : { price: toText(price) }),
    ...(side ? { side } : {}),
  })
}
