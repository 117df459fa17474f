import { useMarket } from '@/pages/trade/market-context'
import { PANELS, type PanelName } from '@/pages/trade/panels'
import { Boundary } from '@/shell/boundary'

/** A part of the trading page, in the market that is shown. */
export function TradePanel({ name }: { name: PanelName }) {
  const ticker = useMarket()
  const { View } = PANELS[name]
  return (
    <Boundary name={`${name} ${ticker}`}>
      {/* Another market is another panel: nothing of the one before stays in it. */}
      <View key={ticker} ticker={ticker} />
    </Boundary>
  )
}
