import { SkeletonRows } from '@/components/states'
import type { PanelProps } from '@/pages/trade/panels'
import { TicketForm } from '@/pages/trade/ticket/form'
import { useTerms } from '@/pages/trade/ticket/use-terms'

/** The order ticket of a market. */
export default function TicketPanel({ ticker }: PanelProps) {
  const terms = useTerms(ticker)
  if (!terms) return <SkeletonRows />
  return <TicketForm ticker={ticker} terms={terms} />
}
