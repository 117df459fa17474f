import { clsx } from 'clsx'
import type { ReactNode } from 'react'

interface Props {
  title: string
  /** Beside the title. */
  aside?: ReactNode
  /** At the right end of the head. */
  tools?: ReactNode
  children: ReactNode
  className?: string
  /** Which part of the grid it takes. */
  area?: string
  /** Without a border of its own: it fills a tab. */
  bare?: boolean
}

/** A part of the cockpit: a low head, and what it shows. What changes in it is laid out and painted in it alone. */
export function CockpitPanel({ title, aside, tools, children, className, area, bare }: Props) {
  return (
    <section
      aria-label={title}
      style={area ? { gridArea: area } : undefined}
      className={clsx(
        'flex h-full min-h-0 min-w-0 flex-col overflow-hidden bg-panel [contain:layout_paint_style]',
        !bare && 'rounded-lg border border-line',
        className,
      )}
    >
      <header className="flex h-8 shrink-0 items-center gap-2 border-line border-b pr-1.5 pl-2.5">
        <h2 className="shrink-0 font-medium text-xs">{title}</h2>
        {aside}
        {tools && <div className="ml-auto flex shrink-0 items-center gap-1">{tools}</div>}
      </header>
      <div className="min-h-0 flex-1">{children}</div>
    </section>
  )
}
