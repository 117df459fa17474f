import { clsx } from 'clsx'
import { ChartCandlestick, ChartLine, ChevronDown, ChevronsRight, MoveHorizontal } from 'lucide-react'
import { DropdownMenu as Menu } from 'radix-ui'
import { useCallback, useRef, useSyncExternalStore } from 'react'
import { useStore } from 'zustand'
import { Button, IconButton } from '@/components/button'
import { MENU_BOX, MENU_ITEM } from '@/components/menu'
import { Segmented } from '@/components/segmented'
import { Empty, Failed } from '@/components/states'
import { Veil } from '@/components/veil'
import type { LabFeed } from '@/lab/feed'
import { FRAMES, type Frame, frameWords, SHOWN_FRAMES } from '@/lab/frames'
import type { LabMarket } from '@/lab/messages'
import { useLabChannel } from '@/lab/store'
import { CockpitPanel } from '@/pages/lab/cockpit-panel'
import { Legend } from '@/pages/lab/live/legend'
import { useLabChart, useLabFeed } from '@/pages/lab/live/use-lab-chart'
import { useLabSettings } from '@/pages/lab/settings'
import { useFrame, useStanding } from '@/pages/lab/use-lab'

const choose = (frame: Frame) => useLabSettings.setState({ frame })

function FrameChoice({ frame }: { frame: Frame }) {
  const shown = FRAMES.filter((one) => one === frame || SHOWN_FRAMES.includes(one))
  return (
    <div className="flex min-w-0 items-center">
      <Segmented
        label="Frame"
        value={frame}
        choices={shown.map((value) => ({ value, label: value, title: frameWords(value) }))}
        onChange={choose}
        className="@max-[34rem]:hidden"
      />
      <Menu.Root>
        <Menu.Trigger asChild>
          <Button
            tone="ghost"
            size="sm"
            title="All frames"
            aria-label={`All frames; now ${frameWords(frame)}`}
          >
            <span className="@min-[34rem]:hidden">{frame}</span>
            <ChevronDown size={12} aria-hidden />
          </Button>
        </Menu.Trigger>
        <Menu.Portal>
          <Menu.Content align="start" sideOffset={4} className={clsx(MENU_BOX, 'grid! min-w-0! grid-cols-3')}>
            {FRAMES.map((one) => (
              <Menu.Item
                key={one}
                onSelect={() => choose(one)}
                title={frameWords(one)}
                className={clsx(MENU_ITEM, 'justify-center', one === frame && 'text-accent')}
              >
                {one}
              </Menu.Item>
            ))}
          </Menu.Content>
        </Menu.Portal>
      </Menu.Root>
    </div>
  )
}

function Nothing({ feed }: { feed: LabFeed }) {
  const { phase, error, empty } = useStore(feed.status)
  if (phase === 'failed') {
    return (
      <div className="absolute inset-0 bg-panel">
        <Failed error={error} onRetry={() => feed.start()} />
      </div>
    )
  }
  if (phase === 'loading' || !empty) return null
  return (
    <div className="absolute inset-0 bg-panel">
      <Empty icon={ChartCandlestick} title="Nothing was traded yet">
        The first trade begins the chart.
      </Empty>
    </div>
  )
}

/** Candles of a market as they grow, with what was done to the simulation marked on them. */
export function ChartPanel({ market, area, bare }: { market: LabMarket; area?: string; bare?: boolean }) {
  const place = useRef<HTMLDivElement>(null)
  const frame = useFrame()
  const standing = useStanding()
  const style = useLabSettings((state) => state.style)
  useLabChannel(`kline:${frame}`)
  const feed = useLabFeed(market.symbol, frame)
  const { chart, view } = useLabChart(place, feed, market.symbol, market.price_step)
  const back = useStore(view, (state) => state.back)
  const point = useStore(view, (state) => state.point)
  const listen = useCallback((listener: () => void) => feed?.listen(listener) ?? (() => undefined), [feed])
  const newest = useSyncExternalStore(listen, () => feed?.candles.at(-1) ?? null)
  return (
    <CockpitPanel
      title="Chart"
      className="@container"
      {...(area ? { area } : {})}
      {...(bare ? { bare } : {})}
      aside={<FrameChoice frame={frame} />}
      tools={
        <>
          <IconButton
            size="sm"
            label={style === 'line' ? 'Show candles' : 'Show a line'}
            onClick={() => useLabSettings.setState({ style: style === 'line' ? 'candles' : 'line' })}
          >
            {style === 'line' ? <ChartCandlestick size={14} /> : <ChartLine size={14} />}
          </IconButton>
          <IconButton size="sm" label="Fit everything" onClick={() => chart?.fit()}>
            <MoveHorizontal size={14} />
          </IconButton>
        </>
      }
    >
      <Veil standing={standing}>
        <div className="relative h-full">
          <figure
            ref={place}
            aria-label={`Candles of ${market.symbol}, ${frameWords(frame)} each`}
            className="isolate h-full w-full"
          />
          {feed && newest && (
            <Legend feed={feed} point={point} newest={newest} step={market.price_step} frame={frame} />
          )}
          {feed && <Nothing feed={feed} />}
          {back && (
            <Button
              size="sm"
              className="absolute right-20 bottom-9 animate-appear bg-raised! shadow-float"
              onClick={() => chart?.toNewest()}
            >
              Newest
              <ChevronsRight size={13} aria-hidden />
            </Button>
          )}
        </div>
      </Veil>
    </CockpitPanel>
  )
}
