import { Trash2 } from 'lucide-react'
import { type FormEvent, useMemo, useState } from 'react'
import { Badge } from '@/components/badge'
import { Button } from '@/components/button'
import { Confirm } from '@/components/dialog'
import { Refused } from '@/components/in-place'
import { Empty, Failed, SkeletonRows } from '@/components/states'
import { formatSigned } from '@/format/numbers'
import { type AgentType, parametersOf, typeOf } from '@/lab/api'
import type { AgentConfig } from '@/lab/messages'
import { changedValues, fieldNamed, fieldsOf, readForm, typedOf } from '@/lab/schema-form'
import { deleteAgent, updateAgent } from '@/lab/steer'
import { useLab } from '@/lab/store'
import { steered } from '@/pages/lab/act'
import { closeDrawer } from '@/pages/lab/agents/drawer-store'
import { ParameterFields } from '@/pages/lab/agents/parameter-fields'
import { useAgentTypes } from '@/pages/lab/agents/use-agent-types'
import { useHome } from '@/pages/lab/home'
import { useMaySteer } from '@/pages/lab/use-lab'

/** The parameters of a group, to be changed while it trades, and the way to take it out. */
export function EditAgent({ id }: { id: string }) {
  const config = useLab((state) => state.configs?.find((one) => one.agent_id === id) ?? null)
  const { data, error, refetch } = useAgentTypes()
  if (!config) {
    return <Empty title="This group has left">Its figures stay in the table: they are part of the sum.</Empty>
  }
  if (error && !data) return <Failed error={error} onRetry={() => void refetch()} />
  if (!data) return <SkeletonRows />
  const type = typeOf(config, data)
  // What somebody typed is kept while others change other groups; a change of this one begins anew.
  return <EditForm key={JSON.stringify(config)} config={config} type={type} />
}

function EditForm({ config, type }: { config: AgentConfig; type: AgentType | null }) {
  const id = config.agent_id
  const may = useMaySteer()
  const control = useLab((state) => state.control)
  const { WhyNot } = useHome()
  const fields = useMemo(() => (type ? fieldsOf(type.parameters) : []), [type])
  const before = useMemo(() => typedOf(fields, parametersOf(config)), [fields, config])
  const [typed, setTyped] = useState(before)
  const [refusal, setRefusal] = useState<Error | null>(null)
  const [busy, setBusy] = useState(false)
  const [leaving, setLeaving] = useState(false)
  const { values, mistakes } = useMemo(() => readForm(fields, typed), [fields, typed])
  const changed = changedValues(fields, before, typed, values)
  const count = Object.keys(changed).length
  const wrong = Object.keys(mistakes).length > 0
  const named = refusal ? fieldNamed(refusal.message, fields) : null
  const apply = async (event: FormEvent) => {
    event.preventDefault()
    if (count === 0 || wrong || busy || !may) return
    setBusy(true)
    setRefusal(null)
    const doing = updateAgent(id, changed)
    doing.catch(setRefusal)
    await steered(doing, `${id} is changed`)
    setBusy(false)
  }
  return (
    <form onSubmit={(event) => void apply(event)} noValidate className="flex min-h-0 flex-1 flex-col">
      <div className="flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto p-3">
        <div>
          <div className="flex flex-wrap items-center gap-1.5">
            <Badge tone="accent">{type?.title || config.agent_type}</Badge>
            <Badge>{config.count === 1 ? '1 agent' : `${config.count.toLocaleString('en')} agents`}</Badge>
            <GroupProfit id={id} />
          </div>
          {type?.description && <p className="mt-2 text-muted text-xs">{type.description}</p>}
        </div>
        {fields.length > 0 ? (
          <ParameterFields
            fields={fields}
            typed={typed}
            onChange={setTyped}
            mistakes={named && refusal ? { ...mistakes, [named]: refusal.message } : mistakes}
            disabled={!may}
          />
        ) : (
          <Fixed config={config} />
        )}
        {!named && <Refused error={refusal} />}
        {!control && <WhyNot />}
      </div>
      {may && (
        <footer className="flex shrink-0 items-center gap-2 border-line border-t p-2.5">
          <Button tone="danger" onClick={() => setLeaving(true)}>
            <Trash2 size={13} aria-hidden />
            Remove
          </Button>
          <Button
            className="ml-auto"
            disabled={count === 0}
            onClick={() => {
              setTyped(before)
              setRefusal(null)
            }}
          >
            Undo
          </Button>
          <Button type="submit" tone="accent" busy={busy} disabled={count === 0 || wrong}>
            {count > 1 ? `Apply ${count} changes` : 'Apply'}
          </Button>
        </footer>
      )}
      <Confirm
        open={leaving}
        onOpenChange={setLeaving}
        title={`Remove ${id}?`}
        description="Its orders are taken back, and it does nothing any more. What it holds stays on its account."
        action="Remove"
        danger
        onConfirm={() => {
          void steered(deleteAgent(id), `${id} is removed`).then((done) => done && closeDrawer())
        }}
      />
    </form>
  )
}

function GroupProfit({ id }: { id: string }) {
  const stats = useLab((state) => state.stats?.find((one) => one.agent_id === id) ?? null)
  if (!stats) return null
  return (
    <Badge tone={stats.pnl > 0n ? 'up' : stats.pnl < 0n ? 'down' : 'plain'}>{formatSigned(stats.pnl)}</Badge>
  )
}

/** What it is set up with, where nothing is known of how it could be changed. */
function Fixed({ config }: { config: AgentConfig }) {
  const entries = Object.entries(parametersOf(config))
  if (entries.length === 0) return <p className="text-faint text-xs">It has no parameters.</p>
  return (
    <dl className="text-xs">
      {entries.map(([name, value]) => (
        <div key={name} className="flex justify-between gap-3 border-line border-b py-1.5 last:border-0">
          <dt className="text-muted">{name}</dt>
          <dd className="tabular truncate">
            {typeof value === 'object' ? JSON.stringify(value) : String(value)}
          </dd>
        </div>
      ))}
    </dl>
  )
}
