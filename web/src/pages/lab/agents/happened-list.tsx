import { History, Megaphone, Minus, Plus, SlidersHorizontal, Zap } from 'lucide-react'
import { Empty } from '@/components/states'
import { simWhen } from '@/lab/clock'
import type { LabMark } from '@/lab/state'
import { useLab } from '@/lab/store'

const LOOK = {
  news: { Icon: Megaphone, words: 'News', tone: 'text-accent' },
  shock: { Icon: Zap, words: 'Shock', tone: 'text-warn' },
  enter: { Icon: Plus, words: 'Came', tone: 'text-up' },
  change: { Icon: SlidersHorizontal, words: 'Changed', tone: 'text-muted' },
  leave: { Icon: Minus, words: 'Left', tone: 'text-down' },
} as const satisfies Record<LabMark['kind'], unknown>

/** What was done to the simulation and what happened in it, newest first. */
export function HappenedList() {
  const marks = useLab((state) => state.marks)
  if (marks.length === 0) {
    return (
      <Empty icon={History} title="Nothing out of the ordinary yet">
        News, shocks, and agents that come, change or leave are listed here and marked on the chart.
      </Empty>
    )
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it with the arrow keys
    <ul aria-label="What happened, newest first" tabIndex={0} className="h-full overflow-y-auto py-1">
      {marks.toReversed().map((mark) => {
        const { Icon, words, tone } = LOOK[mark.kind]
        return (
          <li key={mark.key} className="flex h-6 items-center gap-2.5 px-2.5 text-xs hover:bg-hover">
            <time className="tabular shrink-0 text-faint">{simWhen(mark.time)}</time>
            <Icon size={12} aria-label={words} className={`shrink-0 ${tone}`} />
            <bdi className="truncate" title={mark.words}>
              {mark.words}
            </bdi>
            {mark.symbol && <span className="ml-auto shrink-0 text-2xs text-faint">{mark.symbol}</span>}
          </li>
        )
      })}
    </ul>
  )
}
