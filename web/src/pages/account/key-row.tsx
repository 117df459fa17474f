import { useMutation, useQueryClient } from '@tanstack/react-query'
import { RotateCw, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { announce } from '@/components/announcer'
import { IconButton } from '@/components/button'
import { Confirm, Dialog } from '@/components/dialog'
import { Refused } from '@/components/in-place'
import { formatAgo, formatFull } from '@/format/times'
import { NewKeyShown } from '@/session/new-key-shown'
import { revokeKey, rotateKey } from '@/wire/api'
import type { ApiKey } from '@/wire/views'

/** One API key, without its secret part, which nobody has any more. */
export function KeyRow({ apiKey, now }: { apiKey: ApiKey; now: number }) {
  const queries = useQueryClient()
  const [asking, setAsking] = useState<'rotate' | 'revoke' | null>(null)
  const refresh = () => queries.invalidateQueries({ queryKey: ['keys'] })
  const name = apiKey.label || 'Without a label'
  const rotating = useMutation({ mutationFn: () => rotateKey(apiKey.key_id) })
  const revoking = useMutation({
    mutationFn: () => revokeKey(apiKey.key_id),
    onSuccess: () => {
      announce(`${name}: the key is revoked`)
      return refresh()
    },
  })
  const busy = rotating.isPending || revoking.isPending
  // The old key is gone from the list only once the new one was seen: its row holds the dialog.
  const rotated = () => {
    rotating.reset()
    void refresh()
  }
  return (
    <li className="border-line border-b px-3 py-2 last:border-b-0">
      <div className="flex items-center gap-3">
        <div className="min-w-0 flex-1">
          <bdi
            className={apiKey.label ? 'block truncate font-medium' : 'block truncate text-faint italic'}
            title={name}
          >
            {name}
          </bdi>
          <div className="flex flex-wrap gap-x-3 text-faint text-xs">
            <code className="font-mono">{apiKey.prefix}…</code>
            <time dateTime={new Date(apiKey.created_at).toISOString()} title={formatFull(apiKey.created_at)}>
              made {formatAgo(apiKey.created_at, now)}
            </time>
          </div>
        </div>
        <div className="flex gap-1">
          <IconButton
            label={`Rotate ${name}`}
            size="sm"
            busy={rotating.isPending}
            disabled={busy}
            onClick={() => setAsking('rotate')}
          >
            <RotateCw size={14} />
          </IconButton>
          <IconButton
            label={`Revoke ${name}`}
            size="sm"
            busy={revoking.isPending}
            disabled={busy}
            onClick={() => setAsking('revoke')}
          >
            <Trash2 size={14} />
          </IconButton>
        </div>
      </div>
      <Refused error={rotating.error ?? revoking.error} className="mt-2" />
      <Confirm
        open={asking === 'rotate'}
        onOpenChange={() => setAsking(null)}
        title="Exchange this key for a new one?"
        description={
          <>
            <bdi className="font-medium text-text">{name}</bdi> ({apiKey.prefix}…) ends at once, and
            connections that came in with it close. The new key has the same label.
          </>
        }
        action="Rotate"
        onConfirm={() => rotating.mutate()}
      />
      <Confirm
        open={asking === 'revoke'}
        onOpenChange={() => setAsking(null)}
        title="Revoke this key?"
        description={
          <>
            <bdi className="font-medium text-text">{name}</bdi> ({apiKey.prefix}…) ends at once, and
            connections that came in with it close. Orders that were placed with it stay.
          </>
        }
        action="Revoke"
        danger
        onConfirm={() => revoking.mutate()}
      />
      <Dialog
        open={rotating.data !== undefined}
        onOpenChange={rotated}
        title="Your new API key"
        description="It is shown this once. The old one has ended."
      >
        {rotating.data && <NewKeyShown apiKey={rotating.data.api_key} />}
      </Dialog>
    </li>
  )
}
