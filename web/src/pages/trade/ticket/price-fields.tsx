import { middleOf } from '@/pages/trade/ticket/estimate'
import { QuickPicks } from '@/pages/trade/ticket/quick-picks'
import { StepperField } from '@/pages/trade/ticket/stepper-field'
import type { Form } from '@/pages/trade/ticket/use-form'
import { useStream } from '@/stream/store'
import { type Decimal, toText } from '@/wire/decimal'

/** The prices that the type of order has. */
export function PriceFields({ form }: { form: Form }) {
  const { ticker, ticket, terms, quotes, edit, left, mistakeOf } = form
  const last = useStream((state) => state.prices.get(ticker)?.current_price ?? null)
  const stops = ticket.type === 'stop' || ticket.type === 'stop_limit'
  const priced = ticket.type === 'limit' || ticket.type === 'stop_limit'
  const { bid, ask } = quotes
  const middle = bid !== null && ask !== null ? middleOf(bid, ask, ticket.side, terms.price_step) : null
  const take = (price: Decimal | null) => (price === null ? null : () => edit({ price: toText(price) }))
  return (
    <>
      {stops && (
        <StepperField
          label="Stop price"
          value={ticket.stopPrice}
          onChange={(stopPrice) => edit({ stopPrice })}
          onBlur={() => left('stopPrice')}
          step={terms.price_step}
          start={last}
          mistake={mistakeOf('stopPrice')}
          placeholder={ticket.side === 'buy' ? 'Wakes at or above' : 'Wakes at or below'}
        />
      )}
      {priced && (
        <StepperField
          label="Price"
          value={ticket.price}
          onChange={(price) => edit({ price })}
          onBlur={() => left('price')}
          step={terms.price_step}
          start={(ticket.side === 'buy' ? bid : ask) ?? last}
          mistake={mistakeOf('price')}
        >
          <QuickPicks
            label="Price from the book"
            picks={[
              { label: 'Bid', title: 'The best bid', take: take(bid) },
              { label: 'Mid', title: 'The middle of bid and ask', take: take(middle) },
              { label: 'Ask', title: 'The best ask', take: take(ask) },
            ]}
          />
        </StepperField>
      )}
    </>
  )
}
