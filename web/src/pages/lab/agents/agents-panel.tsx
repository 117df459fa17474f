import { clsx } from 'clsx'
import { Bot, Plus } from 'lucide-react'
import { Tabs } from 'radix-ui'
import { useMemo, useState } from 'react'
import { Button } from '@/components/button'
import { Empty, SkeletonRows } from '@/components/states'
import { Veil } from '@/components/veil'
import { formatSigned } from '@/format/numbers'
import { useLab } from '@/lab/store'
import { AgentTable } from '@/pages/lab/agents/agent-table'
import { openDrawer } from '@/pages/lab/agents/drawer-store'
import { HappenedList } from '@/pages/lab/agents/happened-list'
import { rowsOf, type Sort, sortedRows } from '@/pages/lab/agents/rows'
import { useMaySteer, useStanding } from '@/pages/lab/use-lab'
import { add, ZERO } from '@/wire/decimal'

const TAB =
  'flex h-8 items-center border-transparent border-b-2 px-1 font-medium text-muted text-xs hover:text-text focus-visible:-outline-offset-2 data-[state=active]:border-accent data-[state=active]:text-text'

/** Who trades: figures by group, and what happened so far. */
export function AgentsPanel({ area, bare }: { area?: string; bare?: boolean }) {
  const configs = useLab((state) => state.configs)
  const stats = useLab((state) => state.stats)
  const profit = useLab((state) => state.profit)
  const happened = useLab((state) => state.marks.length)
  const may = useMaySteer()
  const standing = useStanding()
  const [sort, setSort] = useState<Sort>({ key: null, descending: false })
  const rows = useMemo(() => rowsOf(configs, stats, profit), [configs, stats, profit])
  const shown = useMemo(() => sortedRows(rows, sort), [rows, sort])
  const members = rows.reduce((sum, row) => sum + row.count, 0)
  const sum = useMemo(() => rows.reduce((total, row) => add(total, row.stats?.pnl ?? ZERO), ZERO), [rows])
  return (
    <section
      aria-label="Agents"
      style={area ? { gridArea: area } : undefined}
      className={clsx(
        'h-full min-h-0 min-w-0 overflow-hidden bg-panel [contain:layout_paint_style]',
        !bare && 'rounded-lg border border-line',
      )}
    >
      <Tabs.Root defaultValue="agents" className="flex h-full flex-col">
        <div className="flex h-8 shrink-0 items-center gap-3 border-line border-b pr-1.5 pl-2.5">
          <Tabs.List aria-label="What is listed" className="flex gap-2">
            <Tabs.Trigger value="agents" className={TAB}>
              Agents
              <span className="tabular ml-1.5 text-faint">{members.toLocaleString('en')}</span>
            </Tabs.Trigger>
            <Tabs.Trigger value="happened" className={TAB}>
              What happened
              {happened > 0 && <span className="tabular ml-1.5 text-faint">{happened}</span>}
            </Tabs.Trigger>
          </Tabs.List>
          <span
            className="tabular ml-auto truncate text-2xs text-faint max-sm:hidden"
            title="Of all groups together. Where no fees are taken it is nothing, to the last digit."
          >
            Sum of profit {formatSigned(sum)}
          </span>
          <Button
            size="sm"
            tone="ghost"
            disabled={!may}
            onClick={() => openDrawer({ kind: 'add' })}
            title="Add agents (A)"
          >
            <Plus size={13} aria-hidden />
            Add
          </Button>
        </div>
        <Tabs.Content value="agents" className="min-h-0 flex-1 outline-none" tabIndex={-1}>
          <Veil standing={standing}>
            {configs === null && stats === null ? (
              <SkeletonRows rows={5} />
            ) : rows.length === 0 ? (
              <Empty icon={Bot} title="Nobody trades here yet">
                Add agents, and they begin at once.
              </Empty>
            ) : (
              <AgentTable rows={shown} sort={sort} onSort={setSort} />
            )}
          </Veil>
        </Tabs.Content>
        <Tabs.Content value="happened" className="min-h-0 flex-1 outline-none" tabIndex={-1}>
          <HappenedList />
        </Tabs.Content>
      </Tabs.Root>
    </section>
  )
}
