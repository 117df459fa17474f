import { Badge } from '@/components/badge'
import { Panel } from '@/components/panel'
import { Empty } from '@/components/states'
import { useNow } from '@/hooks/use-now'
import { channelWords, standingSaid } from '@/pages/status/words'
import { connection } from '@/stream/store'

/** What the page follows, and how far each is to be believed. */
export function ChannelsPanel() {
  // Twice a second is as fast as anybody reads; each message would be many times that.
  useNow(500)
  const channels = [...connection.state.channels].toSorted(([a], [b]) => a.localeCompare(b))
  return (
    <Panel title="Channels" bodyClassName="overflow-x-auto">
      {channels.length === 0 ? (
        <Empty title="No channels">They are asked for once the connection stands.</Empty>
      ) : (
        <table className="w-full text-xs">
          <thead>
            <tr className="eyebrow border-line border-b text-left">
              <th scope="col" className="px-4 py-1.5 font-medium">
                Channel
              </th>
              <th scope="col" className="px-2 py-1.5 font-medium">
                Standing
              </th>
              <th
                scope="col"
                className="px-4 py-1.5 text-right font-medium"
                title="The number of its newest message"
              >
                Last sequence
              </th>
            </tr>
          </thead>
          <tbody>
            {channels.map(([name, { standing, sequence }]) => {
              const { word, explained, tone } = standingSaid(standing)
              return (
                <tr key={name} className="border-line border-b last:border-b-0">
                  <td className="px-4 py-1.5">
                    <span className="block font-medium">{channelWords(name)}</span>
                    <code className="font-mono text-2xs text-faint">{name}</code>
                  </td>
                  <td className="px-2 py-1.5">
                    <Badge tone={tone}>{word}</Badge>
                    <span className="ml-2 text-faint max-sm:hidden">{explained}</span>
                  </td>
                  <td className="tabular px-4 py-1.5 text-right">
                    {sequence === null ? '–' : sequence.toLocaleString('en-GB')}
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      )}
    </Panel>
  )
}
