import { Play } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useLocation } from 'wouter'
import { announce } from '@/components/announcer'
import { Button } from '@/components/button'
import { Confirm } from '@/components/dialog'
import { DecimalField, Field } from '@/components/field'
import { Empty, Failed, SkeletonRows } from '@/components/states'
import { errorWords } from '@/format/words'
import { startSimulation } from '@/lab/api'
import { readSpeed } from '@/lab/speeds'
import { useLab } from '@/lab/store'
import { lineNamed, lineWords } from '@/lab/yaml-lines'
import { useHome } from '@/pages/lab/home'
import { Presets } from '@/pages/lab/start/presets'
import {
  choosePreset,
  createDraft,
  seedMistake,
  useFirstPreset,
  usePresets,
  wantedOf,
} from '@/pages/lab/start/use-draft'
import { YamlEditor } from '@/pages/lab/start/yaml-editor'

const useDraft = createDraft()

/** Begin a simulation: with a preset, or a run file of one's own. */
export function Start() {
  const { base, WhyNot } = useHome()
  const [, navigate] = useLocation()
  const { data: presets, error, refetch } = usePresets()
  const draft = useDraft()
  const control = useLab((state) => state.control)
  const busyName = useLab(({ simulation }) =>
    simulation?.state === 'running' || simulation?.state === 'paused' ? (simulation.name ?? 'One') : null,
  )
  const [speed, setSpeed] = useState('1')
  const [asking, setAsking] = useState(false)
  const [starting, setStarting] = useState(false)
  const [refusal, setRefusal] = useState<{ words: string; line: number | null } | null>(null)
  useFirstPreset(useDraft, presets)

  const read = readSpeed(speed)
  const wrongSeed = seedMistake(draft.seed)
  const empty = draft.text.trim() === ''
  const ready =
    control && !starting && wrongSeed === null && 'speed' in read && !(empty && draft.preset === null)
  const start = async (replace: boolean) => {
    if (!('speed' in read)) return
    setStarting(true)
    setRefusal(null)
    try {
      const started = await startSimulation({
        ...wantedOf(draft),
        speed: read.speed,
        ...(replace ? { replace } : {}),
      })
      announce(`${started.name ?? 'The simulation'} runs`)
      navigate(base === '' ? '/' : base)
    } catch (failed) {
      const words = errorWords(failed)
      setRefusal({ words: lineWords(words), line: lineNamed(words, draft.text) })
    }
    setStarting(false)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!ready) return
    if (busyName !== null) setAsking(true)
    else void start(false)
  }

  if (error && !presets) return <Failed error={error} onRetry={() => void refetch()} />
  if (!presets) return <SkeletonRows rows={10} />
  return (
    <form onSubmit={submit} noValidate className="h-full overflow-y-auto lg:overflow-hidden">
      <div className="mx-auto grid max-w-[100rem] gap-4 p-3 sm:p-4 lg:h-full lg:grid-cols-[20rem_minmax(0,1fr)]">
        <section aria-label="Begin with" className="min-h-0 lg:overflow-y-auto lg:pr-1">
          <h2 className="mb-2 font-semibold">Begin with</h2>
          {presets.length === 0 && (
            <Empty title="This server has no presets">Write a run file of your own.</Empty>
          )}
          <Presets
            presets={presets}
            chosen={draft.preset}
            onChoose={(preset) => {
              setRefusal(null)
              choosePreset(useDraft, preset)
            }}
          />
        </section>
        <section aria-label="Start it" className="flex min-h-0 flex-col gap-3">
          <div className="h-[28rem] min-h-0 lg:h-auto lg:flex-1">
            <YamlEditor
              label={
                draft.preset !== null && draft.touched ? `Run file, changed from ${draft.preset}` : 'Run file'
              }
              value={draft.text}
              onChange={(text) => {
                setRefusal(null)
                useDraft.setState({
                  text,
                  touched: presets.find(({ name }) => name === draft.preset)?.config !== text,
                })
              }}
              wrongLine={refusal?.line ?? null}
              error={refusal?.words ?? null}
            />
          </div>
          <div className="flex flex-wrap items-start gap-3">
            <DecimalField
              label="Seed"
              value={draft.seed}
              onChange={(event) => useDraft.setState({ seed: event.target.value })}
              inputMode="numeric"
              placeholder="as in the file"
              error={wrongSeed}
              className="w-36"
            />
            <Field
              label="Speed"
              value={speed}
              onChange={(event) => setSpeed(event.target.value)}
              error={'mistake' in read ? read.mistake : null}
              suffix="×"
              title="Simulated seconds for one on the wall, or max"
              className="w-36"
            />
            <div className="ml-auto flex min-w-0 items-center gap-3 pt-5">
              {busyName !== null && control && (
                <p className="min-w-0 truncate text-muted text-xs">
                  <bdi>{busyName}</bdi> is ended first
                </p>
              )}
              {control && (
                <Button type="submit" tone="accent" busy={starting} disabled={!ready}>
                  <Play size={14} aria-hidden />
                  Start
                </Button>
              )}
            </div>
          </div>
          {!control && (
            <div className="max-w-md rounded-lg border border-line bg-panel p-3">
              <WhyNot />
            </div>
          )}
        </section>
      </div>
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={`End ${busyName ?? 'it'} and start this?`}
        description="What runs now is ended and kept as a run, with its report and hashes."
        action="End and start"
        danger
        onConfirm={() => void start(true)}
      />
    </form>
  )
}
