import { clsx } from 'clsx'
import type { ReactNode } from 'react'

type Tone = 'plain' | 'up' | 'down' | 'warn' | 'accent'

const TONES: Readonly<Record<Tone, string>> = {
  plain: 'bg-hover text-muted',
  up: 'bg-up-soft text-up',
  down: 'bg-down-soft text-down',
  warn: 'bg-warn-soft text-warn',
  accent: 'bg-accent-soft text-accent',
}

export function Badge({ tone = 'plain', children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span
      className={clsx(
        'inline-flex items-center whitespace-nowrap rounded px-1.5 font-medium text-2xs leading-[1.125rem]',
        TONES[tone],
      )}
    >
      {children}
    </span>
  )
}
