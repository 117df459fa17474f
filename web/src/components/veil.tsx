import { clsx } from 'clsx'
import type { ReactNode } from 'react'
import type { Standing } from '@/stream/state'

const WORDS: Readonly<Record<Standing, string | null>> = {
  live: null,
  asked: null,
  stale: 'Reconnecting',
  gap: 'Catching up',
}

/** Dims what is not up to date any more, and says so; nobody trades on it unawares. */
export function Veil({ standing, children }: { standing: Standing; children: ReactNode }) {
  const words = WORDS[standing]
  return (
    <div className="relative h-full min-h-0">
      <div className={clsx('h-full min-h-0 transition-opacity', words && 'opacity-45 saturate-50')}>
        {children}
      </div>
      {words && (
        <div className="pointer-events-none absolute inset-0 flex items-center justify-center" role="status">
          <span className="animate-appear rounded-full border border-warn bg-warn-soft px-2.5 py-0.5 font-medium text-warn text-xs">
            {words}
          </span>
        </div>
      )}
    </div>
  )
}
