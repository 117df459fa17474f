import { clsx } from 'clsx'
import { memo, type ReactNode } from 'react'
import { formatExact, formatStep } from '@/format/numbers'
import { useCalm } from '@/hooks/use-calm'
import { useChannel } from '@/hooks/use-channels'
import { type Estimate, estimate, type Order, type Terms } from '@/pages/trade/ticket/estimate'
import { notesOf } from '@/pages/trade/ticket/notes'
import { QUOTES_EVERY_MS } from '@/pages/trade/ticket/use-terms'
import type { Means } from '@/pages/trade/ticket/validate'
import type { BookLevel } from '@/stream/book'
import type { Ticket } from '@/trading/ticket'
import { readPrice, readQuantity } from '@/trading/typed'
import { add, type Decimal, placesOf, subtract, toFixed, ZERO } from '@/wire/decimal'
import type { Ticker } from '@/wire/reading'

interface Props {
  ticker: Ticker
  terms: Terms
  /** What would be sent. */
  ticket: Ticket
  means: Means | null
  trading: boolean
}

const NO_LEVELS: readonly BookLevel[] = []

/** The order as far as it can be read; null while something that its cost hangs on is missing. */
function orderOf(ticket: Ticket, terms: Terms): Order | null {
  const quantity = readQuantity(ticket.quantity, terms.quantity_step)
  if (!('value' in quantity)) return null
  const price = readPrice(ticket.price, terms.price_step)
  const stopPrice = readPrice(ticket.stopPrice, terms.price_step)
  const { side, type, timeInForce, postOnly } = ticket
  const priced = type === 'limit' || type === 'stop_limit'
  const stops = type === 'stop' || type === 'stop_limit'
  if ((priced && !('value' in price)) || (stops && !('value' in stopPrice))) return null
  return {
    side,
    type,
    timeInForce,
    postOnly,
    quantity: quantity.value,
    price: priced && 'value' in price ? price.value : null,
    stopPrice: stops && 'value' in stopPrice ? stopPrice.value : null,
  }
}

/** What an order would cost at this moment, and what would be left. The one part that changes with the book. */
export const Summary = memo(function Summary({ ticker, terms, ticket, means, trading }: Props) {
  const standing = useChannel(`book:${ticker}`)
  const book = useCalm((state) => state.books.get(ticker) ?? null, QUOTES_EVERY_MS)
  const last = useCalm((state) => state.prices.get(ticker)?.current_price ?? null, QUOTES_EVERY_MS)
  const order = orderOf(ticket, terms)
  const levels = (ticket.side === 'buy' ? book?.asks : book?.bids) ?? NO_LEVELS
  const estimated = order && book ? estimate(order, levels, terms, trading) : null
  const notes = order && estimated ? notesOf(order, estimated, levels, last, terms, trading) : []
  return (
    <div className={clsx('flex flex-col gap-1', standing === 'stale' && 'opacity-50')}>
      <dl className="flex flex-col gap-0.5 text-xs">
        <Holdings means={means} ticker={ticker} terms={terms} />
        <Costs ticket={ticket} order={order} estimated={estimated} terms={terms} means={means} />
      </dl>
      {notes.map((note) => (
        <p
          key={note.words}
          className={clsx(
            'rounded px-2 py-1 text-xs',
            note.warns ? 'bg-warn-soft text-warn' : 'bg-well text-muted',
          )}
        >
          {note.words}
        </p>
      ))}
    </div>
  )
})

function Holdings({ means, ticker, terms }: { means: Means | null; ticker: Ticker; terms: Terms }) {
  const locked = means !== null && means.free !== means.held
  return (
    <>
      <Line label="Buying power">{means ? formatStep(means.buyingPower, terms.cash_step) : '–'}</Line>
      <Line label="Position">
        {means ? `${formatExact(means.held)} ${ticker}` : '–'}
        {locked && <span className="text-faint"> ({formatExact(means.free)} free)</span>}
      </Line>
    </>
  )
}

interface CostsProps {
  ticket: Ticket
  order: Order | null
  estimated: Estimate | null
  terms: Terms
  means: Means | null
}

function Costs({ ticket, order, estimated, terms, means }: CostsProps) {
  const money = (value: Decimal) => formatStep(value, terms.cash_step)
  const buys = ticket.side === 'buy'
  const total = order && estimated ? totalOf(order, estimated) : null
  const left = order && estimated && means ? leftOf(order, estimated, means) : null
  const takes = buys ? (estimated?.takes ?? null) : null
  const orDash = (value: Decimal | null, format: (value: Decimal) => string) =>
    value === null ? '–' : format(value)
  return (
    <>
      <div className="my-1 border-line border-t" />
      {(ticket.type === 'market' || estimated?.average) && <Trading estimated={estimated} terms={terms} />}
      <Line label={feeLabel(estimated, terms)}>{total === null ? '–' : money(estimated?.fee ?? ZERO)}</Line>
      <Line label={buys ? 'Cost with fee' : 'Proceeds after fee'} strong>
        {orDash(total, (value) => `≈ ${money(value)}`)}
      </Line>
      {takes !== null && total !== null && takes > total && (
        <Line label="Set aside meanwhile">{money(takes)}</Line>
      )}
      <Line label={buys ? 'Buying power after' : 'Position after'}>
        {orDash(left, buys ? money : formatExact)}
      </Line>
    </>
  )
}

/** How what trades at once would trade. */
function Trading({ estimated, terms }: { estimated: Estimate | null; terms: Terms }) {
  const average = estimated?.average ?? null
  return (
    <>
      <Line label="Average price">{average === null ? '–' : `≈ ${formatAverage(average, terms)}`}</Line>
      <Line label="Slippage">{slippageWords(estimated?.slippage ?? null)}</Line>
    </>
  )
}

/** What is paid or comes in; null where nothing trades. */
function totalOf(order: Order, { worth, fee }: Estimate): Decimal | null {
  if (worth === 0n) return null
  return order.side === 'buy' ? add(worth, fee) : subtract(worth, fee)
}

/** Of the buying power, or of what is held once what trades at once is gone; below zero it is too much. */
function leftOf(order: Order, estimated: Estimate, means: Means): Decimal | null {
  if (order.side === 'sell') return subtract(means.held, add(estimated.now.filled, estimated.rests))
  return estimated.takes === null ? null : subtract(means.buyingPower, estimated.takes)
}

/** Two places more than a price has. */
function formatAverage(average: Decimal, terms: Terms): string {
  const places = placesOf(terms.price_step)
  const exact = average % terms.price_step === 0n
  return toFixed(average, exact ? places : Math.min(places + 2, 18))
}

function slippageWords(slippage: number | null): string {
  if (slippage === null) return '–'
  const percent = slippage * 100
  return percent === 0 ? 'None' : percent < 0.005 ? 'Under 0.01%' : `${percent.toFixed(2)}%`
}

const rate = (ppm: number): string => `${ppm / 10_000}%`

function feeLabel(estimated: Estimate | null, terms: Terms): string {
  switch (estimated?.liquidity) {
    case 'maker':
      return `Fee, maker ${rate(terms.maker_fee_ppm)}`
    case 'taker':
      return `Fee, taker ${rate(terms.taker_fee_ppm)}`
    case 'both':
      return `Fee, taker ${rate(terms.taker_fee_ppm)}, maker ${rate(terms.maker_fee_ppm)}`
    default:
      return 'Fee'
  }
}

function Line({ label, children, strong }: { label: string; children: ReactNode; strong?: boolean }) {
  return (
    <div className="flex items-baseline justify-between gap-3">
      <dt className="truncate text-faint">{label}</dt>
      <dd className={clsx('tabular shrink-0', strong ? 'font-medium text-text' : 'text-muted')}>
        {children}
      </dd>
    </div>
  )
}
