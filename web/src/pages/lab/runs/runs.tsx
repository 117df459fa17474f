import { useQuery } from '@tanstack/react-query'
import { Columns2, FolderClock, Plus, RefreshCw } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Button, IconButton } from '@/components/button'
import { DataTable } from '@/components/data-table'
import { Empty, Failed, SkeletonRows } from '@/components/states'
import { useNow } from '@/hooks/use-now'
import { compareAddress, getRuns, type Run } from '@/lab/api'
import { useLab } from '@/lab/store'
import { useHome } from '@/pages/lab/home'
import { BatchList } from '@/pages/lab/runs/batch-list'
import { NewBatch } from '@/pages/lab/runs/new-batch'
import { runColumns } from '@/pages/lab/runs/run-columns'

const COMPARED_MIN = 2
const COMPARED_MAX = 10
const MINUTE_MS = 60_000

const useRuns = (ended: string | null) =>
  useQuery({
    // A simulation that has ended is a run from then on.
    queryKey: ['lab runs', ended],
    queryFn: ({ signal }) => getRuns(signal),
    placeholderData: (before: readonly Run[] | undefined) => before as Run[] | undefined,
  })

/** The runs that were made: their reports, two to ten side by side, and new ones. */
export function Runs() {
  const { WhyNot } = useHome()
  const control = useLab((state) => state.control)
  const ended = useLab(({ simulation }) => (simulation?.state === 'ended' ? simulation.run : null))
  const { data, error, isFetching, refetch } = useRuns(ended)
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [making, setMaking] = useState(false)
  const now = useNow(MINUTE_MS)
  const columns = useMemo(
    () =>
      runColumns(
        {
          chosen,
          full: chosen.size >= COMPARED_MAX,
          toggle: (run) =>
            setChosen((before) => {
              const next = new Set(before)
              if (!next.delete(run)) next.add(run)
              return next
            }),
        },
        now,
      ),
    [chosen, now],
  )
  const compared = (data ?? []).map((run) => run.run).filter((run) => chosen.has(run))
  const comparable = compared.length >= COMPARED_MIN
  return (
    <div className="flex h-full flex-col p-3 sm:p-4">
      <div className="mb-3 flex shrink-0 flex-wrap items-center gap-2">
        <h2 className="font-semibold">Finished runs</h2>
        {data && <span className="tabular text-faint text-xs">{data.length}</span>}
        <IconButton size="sm" label="Look again" busy={isFetching} onClick={() => void refetch()}>
          <RefreshCw size={13} />
        </IconButton>
        <div className="ml-auto flex flex-wrap items-center gap-2">
          {!comparable && compared.length > 0 && <span className="text-faint text-xs">Choose one more</span>}
          {compared.length > 0 && (
            <Button tone="ghost" onClick={() => setChosen(new Set())}>
              Choose none
            </Button>
          )}
          <Button
            disabled={!comparable}
            title={`Choose ${COMPARED_MIN} to ${COMPARED_MAX} runs`}
            onClick={() => window.open(compareAddress(compared), '_blank', 'noopener')}
          >
            <Columns2 size={14} aria-hidden />
            Compare{comparable ? ` ${compared.length}` : ''}
          </Button>
          {control && (
            <Button tone="accent" onClick={() => setMaking(true)}>
              <Plus size={14} aria-hidden />
              New batch
            </Button>
          )}
        </div>
      </div>
      {!control && (
        <div className="mb-3 max-w-md shrink-0 rounded-lg border border-line bg-panel p-3">
          <WhyNot />
        </div>
      )}
      <BatchList />
      <div className="min-h-48 flex-1 overflow-hidden rounded-lg border border-line bg-panel">
        {data ? (
          <DataTable
            label="Finished runs"
            columns={columns}
            rows={data}
            rowKey={(run) => run.run}
            empty={
              <Empty icon={FolderClock} title="No run was made yet">
                A simulation that ends is kept here, and so is each run of a batch.
              </Empty>
            }
          />
        ) : error ? (
          <Failed error={error} onRetry={() => void refetch()} />
        ) : (
          <SkeletonRows rows={8} />
        )}
      </div>
      <NewBatch open={making} onOpenChange={setMaking} />
    </div>
  )
}
