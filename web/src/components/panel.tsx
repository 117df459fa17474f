import { clsx } from 'clsx'
import type { ReactNode } from 'react'

interface Props {
  title?: ReactNode
  /** At the right of the title: switches and buttons. */
  tools?: ReactNode
  children: ReactNode
  className?: string
  bodyClassName?: string
}

/** A part of a page with a border around it. */
export function Panel({ title, tools, children, className, bodyClassName }: Props) {
  return (
    <section
      className={clsx('flex min-h-0 min-w-0 flex-col rounded-lg border border-line bg-panel', className)}
    >
      {(title || tools) && (
        <header className="flex min-h-10 shrink-0 items-center justify-between gap-3 border-line border-b px-3 py-1.5">
          <h2 className="truncate font-semibold">{title}</h2>
          {tools && <div className="flex items-center gap-2">{tools}</div>}
        </header>
      )}
      <div className={clsx('min-h-0 flex-1', bodyClassName)}>{children}</div>
    </section>
  )
}
