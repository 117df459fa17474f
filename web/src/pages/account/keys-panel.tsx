import { useQuery } from '@tanstack/react-query'
import { KeyRound, Plus } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/button'
import { Panel } from '@/components/panel'
import { Empty, Failed, SkeletonRows } from '@/components/states'
import { useNow } from '@/hooks/use-now'
import { CreateKey } from '@/pages/account/create-key'
import { KeyRow } from '@/pages/account/key-row'
import { getKeys } from '@/wire/api'

const KEYS = ['keys'] as const

/** The API keys of the account: made, exchanged and ended here. */
export function KeysPanel() {
  const { data, error, refetch } = useQuery({ queryKey: KEYS, queryFn: ({ signal }) => getKeys(signal) })
  const [creating, setCreating] = useState(false)
  const now = useNow(30_000)
  return (
    <Panel
      title="API keys"
      tools={
        <Button size="sm" tone="accent" onClick={() => setCreating(true)}>
          <Plus size={13} />
          New key
        </Button>
      }
    >
      {data && data.length > 0 ? (
        <ul aria-label="API keys">
          {data.map((key) => (
            <KeyRow key={key.key_id} apiKey={key} now={now} />
          ))}
        </ul>
      ) : data ? (
        <Empty icon={KeyRound} title="No API keys">
          Programs sign in with a key instead of your password. Make one for each program, so that you can end
          it without touching the others.
        </Empty>
      ) : error ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : (
        <SkeletonRows rows={3} />
      )}
      <CreateKey open={creating} onOpenChange={setCreating} />
    </Panel>
  )
}
