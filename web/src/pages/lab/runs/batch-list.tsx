import { CircleCheck, ExternalLink, TriangleAlert, X } from 'lucide-react'
import { Button, IconButton } from '@/components/button'
import { reportAddress } from '@/lab/api'
import { type Batch, forgetBatch, useBatches } from '@/pages/lab/runs/batches'

/** Runs that are being made, with how far they are. */
export function BatchList() {
  const batches = useBatches((state) => state.batches)
  if (batches.length === 0) return null
  return (
    <ul aria-label="Runs being made" className="mb-3 flex flex-col gap-1.5">
      {batches.map((batch) => (
        <Line key={batch.id} batch={batch} />
      ))}
    </ul>
  )
}

function saidOf({ standing, progress, error }: Batch): string {
  if (standing === 'failed') return error ?? 'It failed.'
  if (standing === 'cancelled') return 'Cancelled'
  if (standing === 'done') return 'Done'
  if (!progress) return 'Waiting for its turn'
  const percent = `${Math.floor(progress.progress * 100)}%`
  return progress.of > 1 ? `${percent} · ${progress.done} of ${progress.of} seeds` : percent
}

function Line({ batch }: { batch: Batch }) {
  const { standing, progress, run } = batch
  const part = standing === 'done' ? 1 : (progress?.progress ?? 0)
  const wrong = standing === 'failed'
  return (
    <li className="relative overflow-hidden rounded-lg border border-line bg-panel">
      <div className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 px-3 py-1.5">
        {standing === 'done' && <CircleCheck size={14} className="shrink-0 text-up" aria-hidden />}
        {wrong && <TriangleAlert size={14} className="shrink-0 text-down" aria-hidden />}
        <bdi className="truncate font-medium">{batch.name}</bdi>
        <span
          role={wrong ? 'alert' : 'status'}
          className={wrong ? 'min-w-0 text-down text-xs' : 'tabular min-w-0 text-muted text-xs'}
        >
          <bdi>{saidOf(batch)}</bdi>
        </span>
        <span className="ml-auto flex items-center gap-1.5">
          {run && (
            <a
              href={reportAddress(run)}
              target="_blank"
              rel="noreferrer"
              className="inline-flex items-center gap-1 text-accent text-xs underline"
            >
              Report
              <ExternalLink size={12} aria-hidden />
            </a>
          )}
          {standing === 'running' ? (
            <Button size="sm" onClick={batch.cancel}>
              Cancel
            </Button>
          ) : (
            <IconButton size="sm" label="Take it off the list" onClick={() => forgetBatch(batch.id)}>
              <X size={13} />
            </IconButton>
          )}
        </span>
      </div>
      {standing === 'running' && (
        <div
          role="progressbar"
          aria-label={`Progress of ${batch.name}`}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.floor(part * 100)}
          className="absolute inset-x-0 bottom-0 h-0.5 bg-line"
        >
          <div
            className="h-full origin-left bg-accent transition-transform"
            style={{ transform: `scaleX(${part})` }}
          />
        </div>
      )}
    </li>
  )
}
