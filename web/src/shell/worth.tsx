import { Link } from 'wouter'
import { Flashing } from '@/components/flashing'
import { formatMoney } from '@/format/numbers'
import { useWorth } from '@/hooks/use-worth'
import { useSession } from '@/session/store'

/** What the account is worth at this moment, and what it can buy with. */
export function Worth() {
  const worth = useWorth()
  const trades = useSession((state) => state.me?.role === 'trader')
  if (!worth || !trades) return null
  return (
    <Link
      href="/portfolio"
      className="flex items-center gap-4 rounded-md px-2 py-0.5 hover:bg-hover max-lg:hidden"
      title="Portfolio"
    >
      <span className="text-right leading-tight">
        <span className="eyebrow block">Equity</span>
        <Flashing value={worth.total} format={formatMoney} />
      </span>
      <span className="text-right leading-tight">
        <span className="eyebrow block">Buying power</span>
        <Flashing value={worth.buyingPower} format={formatMoney} />
      </span>
    </Link>
  )
}
