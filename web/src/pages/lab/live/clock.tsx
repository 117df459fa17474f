import { formatSpan } from '@/format/times'
import { progressOf, simClock, simDay } from '@/lab/clock'
import { useCalmLab } from '@/lab/store'
import { nowOf, useSimulation } from '@/pages/lab/use-lab'

/** Nobody reads a clock that changes more often. */
const CLOCK_EVERY_MS = 80

/** The simulated time, and how much of the run has gone by. */
export function SimulatedClock() {
  const simulation = useSimulation()
  const now = useCalmLab(nowOf, CLOCK_EVERY_MS)
  if (!simulation || now === null) return null
  const began = simulation.began === null ? null : simulation.began / 1_000
  const ends = simulation.ends === null ? null : simulation.ends / 1_000
  const part = progressOf(now, began, ends)
  const percent = part === null ? null : part * 100
  return (
    <div className="flex min-w-0 items-center gap-3 max-sm:w-full">
      <div className="leading-tight" title="Simulated time, in UTC">
        <div className="tabular font-semibold text-lg leading-5 tracking-tight">
          <span className="sr-only">Simulated time </span>
          {simClock(now)}
        </div>
        <div className="whitespace-nowrap text-2xs text-faint">{simDay(now)}</div>
      </div>
      {percent !== null && ends !== null && began !== null && (
        <div
          className="w-28 min-w-16 max-sm:flex-1"
          title={`${formatSpan((now - began) / 1_000)} of ${formatSpan((ends - began) / 1_000)}; ends ${simClock(ends)}, ${simDay(ends)}`}
        >
          <div
            role="progressbar"
            aria-label="Part of the run that has gone by"
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={Math.floor(percent)}
            className="h-1 overflow-hidden rounded-full bg-line"
          >
            <div
              className="h-full origin-left rounded-full bg-accent"
              style={{ transform: `scaleX(${part ?? 0})` }}
            />
          </div>
          <div className="tabular mt-1 flex justify-between text-2xs text-faint">
            <span>{percent.toFixed(percent < 10 ? 1 : 0)}%</span>
            <span className="truncate pl-1">of {formatSpan((ends - began) / 1_000)}</span>
          </div>
        </div>
      )}
    </div>
  )
}
