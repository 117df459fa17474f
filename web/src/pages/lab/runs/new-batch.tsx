import { type FormEvent, useState } from 'react'
import { Button } from '@/components/button'
import { Dialog } from '@/components/dialog'
import { DecimalField } from '@/components/field'
import { Select } from '@/components/select'
import { SkeletonRows } from '@/components/states'
import { words } from '@/format/words'
import { beginBatch } from '@/pages/lab/runs/batches'
import {
  choosePreset,
  createDraft,
  seedMistake,
  useFirstPreset,
  usePresets,
  wantedOf,
} from '@/pages/lab/start/use-draft'
import { YamlEditor } from '@/pages/lab/start/yaml-editor'

const SEEDS_MAX = 1_000
const OWN = '*'
const useDraft = createDraft()

interface Props {
  open: boolean
  onOpenChange: (open: boolean) => void
}

/** Make a run, or one for each of several seeds, as fast as it goes. */
export function NewBatch({ open, onOpenChange }: Props) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="New batch"
      description="Runs are made as fast as they go, and listed when they are done. Nobody steers them."
      wide
    >
      <BatchForm onDone={() => onOpenChange(false)} />
    </Dialog>
  )
}

function BatchForm({ onDone }: { onDone: () => void }) {
  const { data: presets } = usePresets()
  const draft = useDraft()
  const [seeds, setSeeds] = useState('1')
  useFirstPreset(useDraft, presets)
  if (!presets) return <SkeletonRows />
  const count = Number(seeds)
  const wrongSeeds =
    /^\d+$/.test(seeds.trim()) && count >= 1 && count <= SEEDS_MAX
      ? null
      : `From 1 to ${SEEDS_MAX.toLocaleString('en')}.`
  const wrongSeed = seedMistake(draft.seed)
  const empty = draft.preset === null && draft.text.trim() === ''
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (wrongSeeds !== null || wrongSeed !== null || empty) return
    const own = /^name:[ \t]*['"]?([^'"\n#]+)/m.exec(draft.text)?.[1]?.trim()
    const name = draft.preset !== null && !draft.touched ? words(draft.preset) : (own ?? 'Run file')
    beginBatch(count > 1 ? `${name}, ${count} seeds` : name, {
      ...wantedOf(draft),
      ...(count > 1 ? { seeds: count } : {}),
    })
    onDone()
  }
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-3">
      <div className="grid grid-cols-2 items-start gap-3 sm:grid-cols-[1fr_8rem_8rem]">
        <Select
          label="Begin with"
          value={draft.preset ?? OWN}
          choices={[
            ...presets.map(({ name }) => ({ value: name, label: words(name) })),
            { value: OWN, label: 'A run file of your own' },
          ]}
          onChange={(name) => choosePreset(useDraft, presets.find((one) => one.name === name) ?? null)}
          className="max-sm:col-span-2"
        />
        <DecimalField
          label="Seeds"
          value={seeds}
          onChange={(event) => setSeeds(event.target.value)}
          inputMode="numeric"
          error={wrongSeeds}
          hint="A run for each"
        />
        <DecimalField
          label="First seed"
          value={draft.seed}
          onChange={(event) => useDraft.setState({ seed: event.target.value })}
          inputMode="numeric"
          placeholder="as in the file"
          error={wrongSeed}
        />
      </div>
      <div className="h-80">
        <YamlEditor
          label={
            draft.preset !== null && draft.touched ? `Run file, changed from ${draft.preset}` : 'Run file'
          }
          value={draft.text}
          onChange={(text) =>
            useDraft.setState({
              text,
              touched: presets.find(({ name }) => name === draft.preset)?.config !== text,
            })
          }
          wrongLine={null}
          error={null}
        />
      </div>
      <Button
        type="submit"
        tone="accent"
        className="self-end"
        disabled={wrongSeeds !== null || wrongSeed !== null || empty}
      >
        {count > 1 && wrongSeeds === null ? `Make ${count} runs` : 'Make the run'}
      </Button>
    </form>
  )
}
