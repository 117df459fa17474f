/**
 * An order on its way, market by market. It outlives the panel: somebody may look at another market while the venue
 * has not answered. One attempt has one client order id, whatever is pressed and however often.
 */
import { create } from 'zustand'
import { RefusedError, UnansweredError } from '@/stream/connection'
import { useStream } from '@/stream/store'
import type { OrderDraft } from '@/trading/draft'
import { placeOrder } from '@/trading/orders'
import { placeRefusal, type Refusal } from '@/trading/refusals'
import type { Ticker } from '@/wire/reading'
import type { Placed } from '@/wire/views'

export interface Submission {
  readonly busy: boolean
  /** What was sent and not answered: it may be in the book, or not. */
  readonly unanswered: OrderDraft | null
  /** Whether it is sure that nothing went out. */
  readonly unsent: boolean
  readonly refusal: Refusal | null
}

const IDLE: Submission = { busy: false, unanswered: null, unsent: false, refusal: null }

const useSubmissions = create<{ readonly byMarket: ReadonlyMap<Ticker, Submission> }>(() => ({
  byMarket: new Map(),
}))

export const useSubmission = (ticker: Ticker): Submission =>
  useSubmissions((state) => state.byMarket.get(ticker) ?? IDLE)

function put(ticker: Ticker, change: Partial<Submission>): void {
  useSubmissions.setState(({ byMarket }) => ({
    byMarket: new Map(byMarket).set(ticker, { ...(byMarket.get(ticker) ?? IDLE), ...change }),
  }))
}

/** Somebody has seen it, or changed what it was about. */
export const clearRefusal = (ticker: Ticker): void => put(ticker, { refusal: null })

/** Leave an order whose answer never came; it may still be there. */
export const giveUp = (ticker: Ticker): void => put(ticker, { unanswered: null })

/**
 * Send an order, or the same one again; null where it did not get through or was refused, which the submission tells.
 * While one is on its way no other is sent.
 */
export async function submit(draft: OrderDraft): Promise<Placed | null> {
  const { ticker } = draft
  if (useSubmissions.getState().byMarket.get(ticker)?.busy) return null
  const linked = useStream.getState().link === 'open'
  put(ticker, { ...IDLE, busy: true })
  try {
    const placed = await placeOrder(draft)
    put(ticker, IDLE)
    return placed
  } catch (error) {
    // The venue knows the order, but cannot find its first answer at the moment.
    const known = error instanceof RefusedError && error.code === 'not_found'
    if (error instanceof RefusedError && !known) {
      put(ticker, { ...IDLE, refusal: placeRefusal(error.code, error, draft.type ?? 'limit') })
    } else {
      const unsent = error instanceof UnansweredError && !error.sent && !linked
      put(ticker, { ...IDLE, unanswered: draft, unsent })
    }
    return null
  }
}
