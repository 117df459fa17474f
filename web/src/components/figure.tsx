import { clsx } from 'clsx'
import type { ReactNode } from 'react'

interface Props {
  label: string
  children: ReactNode
  /** What it means, in one line. */
  note: ReactNode
  className?: string
}

/** A figure with its name above it, and what it means below. */
export function Figure({ label, children, note, className }: Props) {
  return (
    <div className={clsx('min-w-0', className)}>
      <dt className="eyebrow">{label}</dt>
      <dd className="tabular truncate font-medium text-base">{children}</dd>
      <dd className="text-faint text-xs">{note}</dd>
    </div>
  )
}
