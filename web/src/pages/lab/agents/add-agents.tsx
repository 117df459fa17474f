import { type FormEvent, useMemo, useState } from 'react'
import { Button } from '@/components/button'
import { DecimalField, Field } from '@/components/field'
import { Refused } from '@/components/in-place'
import { Segmented } from '@/components/segmented'
import { Select } from '@/components/select'
import { Failed, SkeletonRows } from '@/components/states'
import { words } from '@/format/words'
import type { AgentType } from '@/lab/api'
import { fieldNamed, fieldsOf, readForm, type Typed, typedOf } from '@/lab/schema-form'
import { createAgent } from '@/lab/steer'
import { useLab } from '@/lab/store'
import { steered } from '@/pages/lab/act'
import { openDrawer } from '@/pages/lab/agents/drawer-store'
import { ParameterFields } from '@/pages/lab/agents/parameter-fields'
import { freshName } from '@/pages/lab/agents/rows'
import { useAgentTypes } from '@/pages/lab/agents/use-agent-types'
import { useHome } from '@/pages/lab/home'
import { useMaySteer } from '@/pages/lab/use-lab'

const COUNT_MAX = 100_000
const KINDS = [
  { value: 'classic', label: 'Classic', title: 'Parameters in currency, units and fractions' },
  { value: 'native', label: 'Native', title: 'The kernel\u2019s own kinds, in ticks and lots' },
] as const
type Kind = (typeof KINDS)[number]['value']

/** New agents: of which type, how many, and with which parameters. */
export function AddAgents() {
  const { data, error, refetch } = useAgentTypes()
  const [kind, setKind] = useState<Kind>('classic')
  const [chosen, setChosen] = useState<string | null>(null)
  if (error && !data) return <Failed error={error} onRetry={() => void refetch()} />
  if (!data) return <SkeletonRows />
  const types = data.filter((one) => one.classic === (kind === 'classic'))
  const type = types.find((one) => one.agent_type === chosen) ?? types[0] ?? null
  return (
    <AddForm
      key={type?.agent_type ?? ''}
      type={type}
      head={
        <>
          <Segmented
            label="Kind of agents"
            size="md"
            value={kind}
            choices={KINDS}
            onChange={setKind}
            className="self-start"
          />
          {type && (
            <Select
              label="Type"
              value={type.agent_type}
              choices={types.map((one) => ({
                value: one.agent_type,
                label: one.title || words(one.agent_type),
              }))}
              onChange={setChosen}
            />
          )}
        </>
      }
    />
  )
}

function AddForm({ type, head }: { type: AgentType | null; head: React.ReactNode }) {
  const may = useMaySteer()
  const control = useLab((state) => state.control)
  const configs = useLab((state) => state.configs)
  const stats = useLab((state) => state.stats)
  const { WhyNot } = useHome()
  const taken = useMemo(
    () => new Set([...(configs ?? []), ...(stats ?? [])].map((one) => one.agent_id)),
    [configs, stats],
  )
  const fields = useMemo(() => (type ? fieldsOf(type.parameters) : []), [type])
  const [typed, setTyped] = useState<Typed>(() => typedOf(fields, {}))
  const [name, setName] = useState(() => freshName(type?.agent_type ?? 'agent', taken))
  const [countText, setCountText] = useState('1')
  const [tried, setTried] = useState(false)
  const [refusal, setRefusal] = useState<Error | null>(null)
  const [busy, setBusy] = useState(false)
  const { values, mistakes } = useMemo(() => readForm(fields, typed), [fields, typed])
  const count = Number(countText)
  const wrongCount =
    /^\d+$/.test(countText.trim()) && count >= 1 && count <= COUNT_MAX
      ? null
      : `A whole number from 1 to ${COUNT_MAX.toLocaleString('en')}.`
  const wrongName =
    name.trim() === '' ? 'Give it a name.' : taken.has(name.trim()) ? 'This name is taken.' : null
  const wrong = wrongCount !== null || wrongName !== null || Object.keys(mistakes).length > 0
  const named = refusal ? fieldNamed(refusal.message, fields) : null
  // What is empty is no mistake before it was tried to add it.
  const shown = tried
    ? mistakes
    : Object.fromEntries(Object.entries(mistakes).filter(([at]) => (typed[at] ?? '') !== ''))
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (!type || wrong || busy || !may) return
    setBusy(true)
    setRefusal(null)
    const id = name.trim()
    const doing = createAgent({ agent_id: id, agent_type: type.agent_type, count, config: values })
    doing.catch(setRefusal)
    if (await steered(doing, `${id} trades from now on`)) openDrawer({ kind: 'agent', id })
    setBusy(false)
  }
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="flex min-h-0 flex-1 flex-col">
      <div className="flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto p-3">
        {head}
        {type?.description && <p className="text-muted text-xs">{type.description}</p>}
        <div className="grid grid-cols-[1fr_7rem] items-start gap-3">
          <Field
            label="Name"
            value={name}
            maxLength={64}
            onChange={(event) => setName(event.target.value)}
            error={tried || name !== '' ? wrongName : null}
            disabled={!may}
          />
          <DecimalField
            label="How many"
            value={countText}
            onChange={(event) => setCountText(event.target.value)}
            error={wrongCount}
            disabled={!may}
          />
        </div>
        <ParameterFields
          fields={fields}
          typed={typed}
          onChange={setTyped}
          mistakes={named && refusal ? { ...shown, [named]: refusal.message } : shown}
          disabled={!may}
        />
        {!named && <Refused error={refusal} />}
        {!control && <WhyNot />}
      </div>
      <footer className="flex shrink-0 items-center justify-between gap-2 border-line border-t p-2.5">
        <span className="text-2xs text-faint">They begin at once, and are recorded in the run.</span>
        <Button type="submit" tone="accent" busy={busy} disabled={!may}>
          Add {count > 1 && wrongCount === null ? count.toLocaleString('en') : ''}
        </Button>
      </footer>
    </form>
  )
}
