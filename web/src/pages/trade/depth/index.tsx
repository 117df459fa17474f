import type { PanelProps } from '@/pages/trade/panels'

export default function Stub({ ticker }: PanelProps) {
  return <p>depth {ticker}</p>
}
