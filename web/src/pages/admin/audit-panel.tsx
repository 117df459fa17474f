import { useMutation } from '@tanstack/react-query'
import { CheckCircle2, ShieldCheck } from 'lucide-react'
import { announce } from '@/components/announcer'
import { Button } from '@/components/button'
import { CopyButton } from '@/components/copy-button'
import { Refused } from '@/components/in-place'
import { Panel } from '@/components/panel'
import { formatFull } from '@/format/times'
import { words } from '@/format/words'
import { runAudit } from '@/wire/api'

/** Check that everything adds up, and tell the hashes that a replay must come to. */
export function AuditPanel() {
  const auditing = useMutation({
    mutationFn: runAudit,
    onSuccess: (found) => announce(`Audit: ${found.message}`),
  })
  const found = auditing.data
  return (
    <Panel
      title="Audit"
      bodyClassName="flex flex-col gap-3 p-4"
      tools={
        <Button size="sm" busy={auditing.isPending} onClick={() => auditing.mutate()}>
          <ShieldCheck size={13} />
          Run audit
        </Button>
      }
    >
      <Refused error={auditing.error} />
      {found ? (
        <>
          <p className="flex flex-wrap items-center gap-2">
            <CheckCircle2 size={16} className="text-up" aria-hidden />
            <bdi className="font-medium">{words(found.message)}</bdi>
            <span className="tabular text-faint text-xs">
              after {found.commands.toLocaleString('en-GB')} commands, sequence{' '}
              {found.sequence.toLocaleString('en-GB')}, {formatFull(auditing.submittedAt)}
            </span>
          </p>
          <Hash label="State hash" value={found.state_hash} />
          <Hash label="Event hash" value={found.event_hash} />
          <p className="text-faint text-xs">
            A replay of the journal up to the same command has the same hashes.
          </p>
        </>
      ) : (
        <p className="text-muted">
          Computes every sum of cash, shares, escrow and books anew and compares. Trading waits meanwhile, for
          some milliseconds.
        </p>
      )}
    </Panel>
  )
}

function Hash({ label, value }: { label: string; value: string }) {
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <span className="w-20 shrink-0 text-muted text-xs">{label}</span>
      <code className="select-all font-mono">{value}</code>
      <CopyButton text={value} label={`Copy ${label.toLowerCase()}`} />
    </div>
  )
}
