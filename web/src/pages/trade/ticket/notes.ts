/** What somebody should know of an order before it is sent: what trades at once, and what would go wrong. */
import { formatExact, formatStep } from '@/format/numbers'
import { type Estimate, limitOf, type Order, type Terms } from '@/pages/trade/ticket/estimate'
import type { BookLevel } from '@/stream/book'
import type { Decimal } from '@/wire/decimal'

export interface Note {
  readonly words: string
  readonly warns: boolean
}

const warning = (words: string): Note => ({ words, warns: true })

/** Why not all of it trades at once. */
function shortfall(order: Order, estimated: Estimate, best: Decimal, terms: Terms): string {
  const { now } = estimated
  const part = now.filled === 0n ? 'Nothing' : `Only ${formatExact(now.filled)}`
  if (now.end === 'limit') {
    const limit = limitOf(order, best, terms)
    const at = limit === null ? '' : ` ${formatStep(limit, terms.price_step)}`
    return order.type === 'market'
      ? `${part} can trade up to the protection price${at}`
      : `${part} can trade at once up to the limit`
  }
  return `The book is too thin: ${part.toLowerCase()} can trade`
}

function nowNotes(order: Order, estimated: Estimate, best: Decimal | null, terms: Terms): Note[] {
  const { now } = estimated
  const leaves = order.type === 'market' || order.timeInForce === 'IOC'
  if (now.end === 'filled' || best === null) return crossing(order, estimated, terms)
  if (order.timeInForce === 'FOK')
    return [warning('Not all of it can trade at once now: it would be cancelled.')]
  if (leaves) return [warning(`${shortfall(order, estimated, best, terms)}; the rest would be cancelled.`)]
  return crossing(order, estimated, terms)
}

/** A limit that trades at once, in whole or in part. */
function crossing(order: Order, estimated: Estimate, terms: Terms): Note[] {
  const { now, rests } = estimated
  if (order.type !== 'limit' || now.filled === 0n || now.last === null) return []
  const at = formatStep(now.last, terms.price_step)
  return [
    {
      words:
        rests === 0n
          ? `Trades at once, up to ${at}.`
          : `${formatExact(now.filled)} trade at once, up to ${at}; ${formatExact(rests)} rest.`,
      warns: false,
    },
  ]
}

function stopNotes(order: Order, last: Decimal | null): Note[] {
  const { stopPrice } = order
  if (stopPrice === null || last === null) return []
  const reached = order.side === 'buy' ? last >= stopPrice : last <= stopPrice
  return reached ? [warning('The last price has reached the stop already: it may wake at once.')] : []
}

export function notesOf(
  order: Order,
  estimated: Estimate,
  levels: readonly BookLevel[],
  last: Decimal | null,
  terms: Terms,
  trading: boolean,
): Note[] {
  if (order.type === 'stop' || order.type === 'stop_limit') return stopNotes(order, last)
  return trading && !order.postOnly ? nowNotes(order, estimated, levels[0]?.price ?? null, terms) : []
}
