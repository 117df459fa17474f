import { clsx } from 'clsx'
import { CloudOff, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '@/components/button'
import { errorWords } from '@/format/words'

interface EmptyProps {
  icon?: LucideIcon
  title: string
  /** What to do about it. */
  children?: ReactNode
  className?: string
}

/** There is nothing here, and why, and what would change it. */
export function Empty({ icon: Icon, title, children, className }: EmptyProps) {
  return (
    <div
      className={clsx(
        'flex h-full min-h-24 flex-col items-center justify-center gap-1.5 p-4 text-center',
        className,
      )}
    >
      {Icon && <Icon size={20} strokeWidth={1.5} className="mb-1 text-faint" aria-hidden />}
      <p className="font-medium text-muted">{title}</p>
      {children && <div className="max-w-xs text-faint text-xs">{children}</div>}
    </div>
  )
}

/** Something could not be had; it can be tried again. */
export function Failed({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  return (
    <div role="alert" className="h-full">
      <Empty icon={CloudOff} title="This could not be loaded">
        <p>{errorWords(error)}</p>
        {onRetry && (
          <Button size="sm" className="mt-2" onClick={onRetry}>
            Try again
          </Button>
        )}
      </Empty>
    </div>
  )
}

/** A place where something will stand in a moment. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={clsx('block animate-breathe rounded-md bg-hover', className)} />
}

/** Lines that will be a list in a moment. */
export function SkeletonRows({ rows = 6, className }: { rows?: number; className?: string }) {
  return (
    <div role="status" aria-label="Loading" className={clsx('flex flex-col gap-2 p-3', className)}>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike, and stay where they are
        <Skeleton key={row} className="h-4" />
      ))}
    </div>
  )
}
