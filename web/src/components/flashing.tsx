import { clsx } from 'clsx'
import { useRef } from 'react'
import type { Decimal } from '@/wire/decimal'

interface Props {
  value: Decimal | null
  format: (value: Decimal) => string
  className?: string
}

/** A figure that flashes gently when it changes, in the colour of its direction, and never moves what is beside it. */
export function Flashing({ value, format, className }: Props) {
  const seen = useRef<{ value: Decimal | null; changes: number; up: boolean }>({
    value,
    changes: 0,
    up: true,
  })
  if (value !== seen.current.value) {
    const before = seen.current.value
    seen.current = {
      value,
      changes: before === null || value === null ? seen.current.changes : seen.current.changes + 1,
      up: before === null || value === null || value > before,
    }
  }
  const { changes, up } = seen.current
  return (
    <span
      // Another key starts the animation again.
      key={changes}
      className={clsx(
        'tabular rounded-sm',
        changes > 0 && (up ? 'animate-flash-up' : 'animate-flash-down'),
        className,
      )}
    >
      {value === null ? '–' : format(value)}
    </span>
  )
}
