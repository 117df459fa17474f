import { clsx } from 'clsx'
import { Eye } from 'lucide-react'
import { Tabs } from 'radix-ui'
import { Button } from '@/components/button'
import { useSize } from '@/hooks/use-size'
import type { LabMarket } from '@/lab/messages'
import { AgentsPanel } from '@/pages/lab/agents/agents-panel'
import { BookPanel } from '@/pages/lab/live/book-panel'
import { ChartPanel } from '@/pages/lab/live/chart-panel'
import { ProfitPanel } from '@/pages/lab/live/profit-panel'
import { TapePanel } from '@/pages/lab/live/tape-panel'
import { useLabSettings } from '@/pages/lab/settings'

/** Room for panels beside one another, and for the book and the tape beside one another; in pixels. */
const BESIDE = 860
const THREE = 1_600
const FOUR = 2_200

type Arrangement = 'one' | 'two' | 'three' | 'four'

const arrangementOf = (width: number): Arrangement =>
  width >= FOUR ? 'four' : width >= THREE ? 'three' : width >= BESIDE ? 'two' : 'one'

const GRIDS: Readonly<
  Record<Exclude<Arrangement, 'one'>, Readonly<Record<'tape' | 'plain', React.CSSProperties>>>
> = {
  two: {
    tape: {
      gridTemplate:
        '"chart book" minmax(0,1.7fr) "profit book" minmax(0,0.95fr) "agents tape" minmax(0,1.15fr)',
      gridTemplateColumns: 'minmax(0,1fr) 19rem',
    },
    plain: {
      gridTemplate:
        '"chart book" minmax(0,1.7fr) "profit book" minmax(0,0.95fr) "agents book" minmax(0,1.15fr)',
      gridTemplateColumns: 'minmax(0,1fr) 19rem',
    },
  },
  three: {
    tape: {
      gridTemplate:
        '"chart book tape" minmax(0,1.7fr) "profit book tape" minmax(0,0.95fr) "agents book tape" minmax(0,1.1fr)',
      gridTemplateColumns: 'minmax(0,1fr) 19rem 18rem',
    },
    plain: {
      gridTemplate:
        '"chart book" minmax(0,1.7fr) "profit book" minmax(0,0.95fr) "agents book" minmax(0,1.1fr)',
      gridTemplateColumns: 'minmax(0,1fr) 20rem',
    },
  },
  four: {
    tape: {
      gridTemplate: '"chart chart book tape" minmax(0,1.5fr) "profit agents book tape" minmax(0,1fr)',
      gridTemplateColumns: 'minmax(0,1fr) minmax(0,1fr) 21rem 20rem',
    },
    plain: {
      gridTemplate: '"chart chart book" minmax(0,1.5fr) "profit agents book" minmax(0,1fr)',
      gridTemplateColumns: 'minmax(0,1fr) minmax(0,1fr) 22rem',
    },
  },
}

/** All panels beside one another as far as there is room for them, or one at a time. */
export function Cockpit({ market }: { market: LabMarket }) {
  const [measure, { width }] = useSize<HTMLDivElement>()
  const arrangement = arrangementOf(width)
  return (
    <div ref={measure} className="h-full min-h-0">
      {width === 0 ? null : arrangement === 'one' ? (
        <Stacked market={market} />
      ) : (
        <Beside market={market} arrangement={arrangement} />
      )}
    </div>
  )
}

function Beside({ market, arrangement }: { market: LabMarket; arrangement: Exclude<Arrangement, 'one'> }) {
  const tape = useLabSettings((state) => state.tape)
  return (
    <div className="relative grid h-full gap-1.5 p-1.5" style={GRIDS[arrangement][tape ? 'tape' : 'plain']}>
      <ChartPanel market={market} area="chart" />
      <ProfitPanel area="profit" />
      <AgentsPanel area="agents" />
      <BookPanel market={market} area="book" />
      {tape ? (
        <TapePanel market={market} area="tape" />
      ) : (
        <Button
          size="sm"
          className="absolute right-3 bottom-10 bg-raised! shadow-float"
          onClick={() => useLabSettings.setState({ tape: true })}
        >
          <Eye size={13} aria-hidden />
          Trades
        </Button>
      )}
    </div>
  )
}

const TABS = [
  { name: 'chart', title: 'Chart' },
  { name: 'book', title: 'Book' },
  { name: 'tape', title: 'Trades' },
  { name: 'profit', title: 'Profit' },
  { name: 'agents', title: 'Agents' },
] as const

function Stacked({ market }: { market: LabMarket }) {
  return (
    <Tabs.Root defaultValue="chart" className="flex h-full flex-col">
      <Tabs.List
        aria-label="Panels"
        className="flex shrink-0 overflow-x-auto border-line border-b bg-panel [scrollbar-width:none]"
      >
        {TABS.map(({ name, title }) => (
          <Tabs.Trigger
            key={name}
            value={name}
            className={clsx(
              'shrink-0 grow border-transparent border-b-2 px-2.5 py-2 font-medium text-muted text-xs outline-offset-[-2px]!',
              'data-[state=active]:border-accent data-[state=active]:text-text',
            )}
          >
            {title}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {TABS.map(({ name }) => (
        <Tabs.Content key={name} value={name} className="min-h-0 flex-1 outline-none" tabIndex={-1}>
          {name === 'chart' ? (
            <ChartPanel market={market} bare />
          ) : name === 'book' ? (
            <BookPanel market={market} bare />
          ) : name === 'tape' ? (
            <TapePanel market={market} bare />
          ) : name === 'profit' ? (
            <ProfitPanel bare />
          ) : (
            <AgentsPanel bare />
          )}
        </Tabs.Content>
      ))}
    </Tabs.Root>
  )
}
