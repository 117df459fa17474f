import { useState } from 'react'
import type { Terms } from '@/pages/trade/ticket/estimate'
import { fitting, type Rules, rulesOf } from '@/pages/trade/ticket/rules'
import { clearRefusal, type Submission, useSubmission } from '@/pages/trade/ticket/submission'
import { useMeans, useQuotes } from '@/pages/trade/ticket/use-terms'
import { type Means, type Quotes, type Reading, readTicket } from '@/pages/trade/ticket/validate'
import { editTicket, type FieldName, type Ticket, useTicket } from '@/trading/ticket'
import type { Mistake } from '@/trading/typed'
import { ZERO } from '@/wire/decimal'
import type { Ticker } from '@/wire/reading'

export interface Form {
  readonly ticker: Ticker
  readonly terms: Terms
  /** As it was filled in. */
  readonly ticket: Ticket
  /** Without what its options exclude: what would be sent. */
  readonly fitted: Ticket
  readonly rules: Rules
  readonly quotes: Quotes & { readonly phase: string }
  readonly means: Means | null
  readonly reading: Reading
  readonly submission: Submission
  /** Why nothing can be sent at the moment, whatever stands in the fields. */
  readonly closed: string | null
  readonly edit: (change: Partial<Ticket>) => void
  /** What is wrong with a field, once somebody has left it or wanted to send it. */
  readonly mistakeOf: (field: FieldName) => Mistake | null
  readonly left: (field: FieldName) => void
  /** Show all that is wrong, or nothing until something is left again. */
  readonly show: (all: boolean) => void
}

/** The ticket of a market with all that follows from what stands in it. */
export function useForm(ticker: Ticker, terms: Terms): Form {
  const ticket = useTicket(ticker)
  const quotes = useQuotes(ticker)
  const means = useMeans(ticker)
  const submission = useSubmission(ticker)
  const [seen, setSeen] = useState<ReadonlySet<FieldName>>(() => new Set())
  const [all, setAll] = useState(false)

  const rules = rulesOf(ticket, quotes.phase, means?.held ?? ZERO)
  const fitted = fitting(ticket, rules)
  const reading = readTicket(fitted, terms, quotes, means, Date.now())
  const { refusal } = submission

  return {
    ticker,
    terms,
    ticket,
    fitted,
    rules,
    quotes,
    means,
    reading,
    submission,
    closed: rules.closed ?? nobodyThere(fitted, quotes),
    edit: (change) => {
      editTicket(ticker, change)
      if (refusal) clearRefusal(ticker)
    },
    mistakeOf: (field) => {
      if (refusal?.field === field) return { words: refusal.words }
      const mistake = reading.mistakes[field]
      if (!mistake) return null
      return all || (seen.has(field) && !mistake.empty) ? mistake : null
    },
    left: (field) => setSeen((before) => (before.has(field) ? before : new Set(before).add(field))),
    show: (every) => {
      setAll(every)
      if (!every) setSeen(new Set())
    },
  }
}

/** A market order needs somebody on the other side. */
function nobodyThere(ticket: Ticket, quotes: Quotes): string | null {
  if (ticket.type !== 'market') return null
  if (ticket.side === 'buy') return quotes.ask === null ? 'Nobody sells at the moment: use a limit.' : null
  return quotes.bid === null ? 'Nobody buys at the moment: use a limit.' : null
}
