import { clsx } from 'clsx'
import { Tabs } from 'radix-ui'
import { TradePanel } from '@/pages/trade/panel'
import { PANELS, type PanelName } from '@/pages/trade/panels'

const NAMES: readonly PanelName[] = ['chart', 'book', 'ticket', 'ladder', 'tape', 'blotter', 'depth']
const SHORT: Partial<Record<PanelName, string>> = { blotter: 'Orders' }

/** The same panels one at a time, for a narrow window. */
export default function Stacked() {
  return (
    <Tabs.Root defaultValue="chart" className="flex h-full flex-col">
      <Tabs.List
        aria-label="Panels"
        className="flex shrink-0 overflow-x-auto border-line border-b bg-panel [scrollbar-width:none]"
      >
        {NAMES.map((name) => (
          <Tabs.Trigger
            key={name}
            value={name}
            className={clsx(
              'shrink-0 grow border-transparent border-b-2 px-2.5 py-2 font-medium text-muted text-xs outline-offset-[-2px]!',
              'data-[state=active]:border-accent data-[state=active]:text-text',
            )}
          >
            {SHORT[name] ?? PANELS[name].title}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {NAMES.map((name) => (
        <Tabs.Content key={name} value={name} className="min-h-0 flex-1 bg-panel outline-none">
          <TradePanel name={name} />
        </Tabs.Content>
      ))}
    </Tabs.Root>
  )
}
