import { clsx } from 'clsx'
import type { ReactNode } from 'react'

interface Props {
  title: string
  /** Beside the title. */
  tools?: ReactNode
  children: ReactNode
  /** Fills the width of a wide screen rather than a column that reads well. */
  wide?: boolean
}

/** A page that scrolls, with its title. */
export function Page({ title, tools, children, wide }: Props) {
  return (
    <div className="h-full overflow-y-auto">
      <div className={clsx('mx-auto px-3 py-4 sm:px-5', wide ? 'max-w-[110rem]' : 'max-w-6xl')}>
        <header className="mb-4 flex min-h-8 flex-wrap items-center justify-between gap-3">
          <h1 className="font-semibold text-lg tracking-tight">{title}</h1>
          {tools}
        </header>
        {children}
      </div>
    </div>
  )
}
