import { clsx } from 'clsx'
import { RefreshCw } from 'lucide-react'
import { announce } from '@/components/announcer'
import { Button } from '@/components/button'
import { Figure } from '@/components/figure'
import { Panel } from '@/components/panel'
import { useNow } from '@/hooks/use-now'
import { linkSaid } from '@/pages/status/words'
import { connection, useStream } from '@/stream/store'

const DOTS = { up: 'bg-up', warn: 'animate-breathe bg-warn', down: 'animate-breathe bg-down' } as const
const TEXTS = { up: 'text-up', warn: 'text-warn', down: 'text-down' } as const

/** Whether the page is connected: one word. */
export function LinkPanel() {
  const link = useStream((state) => state.link)
  useNow(500)
  const standings = [...connection.state.channels.values()].map((channel) => channel.standing)
  const { word, explained, tone } = linkSaid(link, standings, connection.farewell)
  return (
    <Panel
      title="Connection"
      bodyClassName="p-4"
      tools={
        <Button
          size="sm"
          onClick={() => {
            connection.restart()
            announce('Reconnecting')
          }}
        >
          <RefreshCw size={13} />
          Reconnect
        </Button>
      }
    >
      <p role="status" className="flex items-center gap-3">
        <span aria-hidden className={clsx('size-3 shrink-0 rounded-full', DOTS[tone])} />
        <span className={clsx('font-semibold text-2xl tracking-tight', TEXTS[tone])}>{word}</span>
      </p>
      <p className="mt-1 mb-4 min-h-5 text-muted">{explained}</p>
      <dl className="grid grid-cols-2 gap-4">
        <ServerSequence />
        <Epoch />
      </dl>
    </Panel>
  )
}

function ServerSequence() {
  const sequence = useStream((state) => state.sequence)
  return (
    <Figure label="Server sequence" note="The newest event that any message told.">
      {sequence === null ? '–' : sequence.toLocaleString('en-GB')}
    </Figure>
  )
}

function Epoch() {
  const epoch = useStream((state) => state.epoch)
  return (
    <Figure label="Epoch" note="Another one after each start of the venue.">
      {epoch ?? '–'}
    </Figure>
  )
}
