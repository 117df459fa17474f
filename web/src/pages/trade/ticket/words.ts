/** An order in a sentence, before it is sent. */
import { formatExact, formatStep } from '@/format/numbers'
import { formatFull } from '@/format/times'
import type { OrderDraft } from '@/trading/draft'
import type { Decimal } from '@/wire/decimal'
import type { TimeInForce } from '@/wire/reading'

export const LIFE_WORDS: Readonly<Record<TimeInForce, string>> = {
  GTC: 'Good till cancelled',
  DAY: 'Good till the market closes',
  IOC: 'Immediate or cancel: what does not trade at once is cancelled',
  FOK: 'Fill or kill: all at once, or nothing',
  GTD: 'Good till a date and time',
}

function atWords(draft: OrderDraft, step: Decimal): string {
  const price = draft.price === undefined ? '' : formatStep(draft.price, step)
  const stop = draft.stop_price === undefined ? '' : formatStep(draft.stop_price, step)
  switch (draft.type) {
    case 'market':
      return 'at the market'
    case 'stop':
      return `at the market once ${stop} trades`
    case 'stop_limit':
      return `at ${price} or better once ${stop} trades`
    default:
      return `at ${price} or better`
  }
}

/** Buy 10 FUN at 100.25 or better. */
export function draftWords(draft: OrderDraft, step: Decimal): string {
  const side = draft.side === 'buy' ? 'Buy' : 'Sell'
  return `${side} ${formatExact(draft.quantity)} ${draft.ticker} ${atWords(draft, step)}`
}

/** What else was chosen, a sentence each. */
export function optionWords(draft: OrderDraft): string[] {
  const words: string[] = []
  const life = draft.time_in_force ?? 'GTC'
  if (life === 'GTD' && draft.expires_at !== undefined) {
    words.push(`Good till ${formatFull(draft.expires_at)}`)
  } else if (draft.type !== 'market' || life === 'FOK') {
    words.push(LIFE_WORDS[life])
  }
  if (draft.display_quantity !== undefined)
    words.push(`Shows ${formatExact(draft.display_quantity)} at a time`)
  if (draft.post_only) words.push('Post only: it never trades at once')
  if (draft.reduce_only) words.push('Reduce only: it never opens a position')
  return words
}
