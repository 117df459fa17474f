/** Runs that are being made as fast as they go: they go on while another part of the page is looked at. */
import { create } from 'zustand'
import { errorWords } from '@/format/words'
import { type BatchWanted, makeRuns, type Progress } from '@/lab/batch'
import { lineWords } from '@/lab/yaml-lines'
import { queries } from '@/wire/queries'

/** Lines of batches that are kept. */
const KEPT_MAX = 20

export interface Batch {
  readonly id: number
  readonly name: string
  readonly standing: 'running' | 'done' | 'failed' | 'cancelled'
  readonly progress: Progress | null
  /** The run that came of it. */
  readonly run: string | null
  readonly error: string | null
  readonly cancel: () => void
}

export const useBatches = create<{ readonly batches: readonly Batch[] }>(() => ({ batches: [] }))

let nextId = 1

function change(id: number, what: Partial<Batch>): void {
  useBatches.setState(({ batches }) => ({
    batches: batches.map((batch) => (batch.id === id ? { ...batch, ...what } : batch)),
  }))
}

/** Make a run, or several; its progress is in the store. */
export function beginBatch(name: string, wanted: BatchWanted): void {
  const id = nextId++
  const abort = new AbortController()
  const batch: Batch = {
    id,
    name,
    standing: 'running',
    progress: null,
    run: null,
    error: null,
    cancel: () => abort.abort(),
  }
  useBatches.setState(({ batches }) => ({ batches: [batch, ...batches].slice(0, KEPT_MAX) }))
  makeRuns(wanted, (progress) => change(id, { progress }), abort.signal)
    .then(
      ({ run }) => change(id, { standing: 'done', run }),
      (error: unknown) =>
        change(
          id,
          abort.signal.aborted
            ? { standing: 'cancelled' }
            : { standing: 'failed', error: lineWords(errorWords(error)) },
        ),
    )
    .finally(() => void queries.invalidateQueries({ queryKey: ['lab runs'] }))
}

export const forgetBatch = (id: number): void =>
  useBatches.setState(({ batches }) => ({ batches: batches.filter((batch) => batch.id !== id) }))
