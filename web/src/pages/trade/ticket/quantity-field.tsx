import type { Ref } from 'react'
import { limitOf, mostFor, partOf } from '@/pages/trade/ticket/estimate'
import { QuickPicks } from '@/pages/trade/ticket/quick-picks'
import { StepperField } from '@/pages/trade/ticket/stepper-field'
import type { Form } from '@/pages/trade/ticket/use-form'
import { readPrice } from '@/trading/typed'
import { type Decimal, toText } from '@/wire/decimal'

const PARTS = [25, 50, 75, 100] as const

/** A part of what the account's means allow; null where nobody can say, or it is nothing. */
function partFor(form: Form, percent: number): Decimal | null {
  const { ticket, terms, quotes, means } = form
  if (means === null) return null
  const step = terms.quantity_step
  const some = (quantity: Decimal) => (quantity > 0n ? quantity : null)
  if (ticket.side === 'sell') return some(partOf(means.free, percent, step))
  const price = readPrice(ticket.price, terms.price_step)
  const stopPrice = readPrice(ticket.stopPrice, terms.price_step)
  const limit = limitOf(
    {
      side: ticket.side,
      type: ticket.type,
      price: 'value' in price ? price.value : null,
      stopPrice: 'value' in stopPrice ? stopPrice.value : null,
    },
    quotes.ask,
    terms,
  )
  if (limit === null) return null
  return some(mostFor(((means.buyingPower * BigInt(percent)) / 100n) as Decimal, limit, terms))
}

/** How much, with parts of what can be bought or sold. */
export function QuantityField({ form, inputRef }: { form: Form; inputRef: Ref<HTMLInputElement> }) {
  const { ticker, ticket, terms, edit, left, mistakeOf } = form
  const whole = ticket.side === 'buy' ? 'the buying power' : 'what is free to sell'
  const nothing =
    ticket.side === 'sell'
      ? 'There is nothing free to sell'
      : 'It hangs on the price, and on what can be spent'
  return (
    <StepperField
      label="Quantity"
      value={ticket.quantity}
      onChange={(quantity) => edit({ quantity })}
      onBlur={() => left('quantity')}
      step={terms.quantity_step}
      mistake={mistakeOf('quantity')}
      suffix={ticker}
      inputRef={inputRef}
    >
      <QuickPicks
        label="Part of what is there"
        picks={PARTS.map((percent) => {
          const part = partFor(form, percent)
          return {
            label: percent === 100 ? 'Max' : `${percent}%`,
            title: part === null ? nothing : `${percent}% of ${whole}`,
            take: part === null ? null : () => edit({ quantity: toText(part) }),
          }
        })}
      />
    </StepperField>
  )
}
