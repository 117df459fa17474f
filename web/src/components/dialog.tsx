import { X } from 'lucide-react'
import { AlertDialog, Dialog as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { Button, IconButton } from '@/components/button'

const VEIL = 'fixed inset-0 z-40 animate-appear bg-black/50'
const BOX =
  'fixed top-1/2 left-1/2 z-50 max-h-[88dvh] w-[min(28rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 ' +
  'animate-appear overflow-y-auto rounded-xl border border-line bg-raised p-5 shadow-float focus:outline-none'

interface Props {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  description?: ReactNode
  children?: ReactNode
  /** Wider than a form: lists and tables. */
  wide?: boolean
}

/** A window over the page; Escape closes it. */
export function Dialog({ open, onOpenChange, title, description, children, wide }: Props) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={VEIL} />
        <Radix.Content
          className={wide ? `${BOX} w-[min(46rem,calc(100vw-2rem))]!` : BOX}
          {...(description ? {} : { 'aria-describedby': undefined })}
        >
          <div className="mb-3 flex items-start justify-between gap-4">
            <Radix.Title className="font-semibold text-base">{title}</Radix.Title>
            <Radix.Close asChild>
              <IconButton label="Close" size="sm">
                <X size={15} />
              </IconButton>
            </Radix.Close>
          </div>
          {description && <Radix.Description className="mb-4 text-muted">{description}</Radix.Description>}
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

interface ConfirmProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  description: ReactNode
  /** What the button says that does it: a verb. */
  action: string
  onConfirm: () => void
  danger?: boolean
}

/** Ask before something that cannot be taken back. */
export function Confirm({ open, onOpenChange, title, description, action, onConfirm, danger }: ConfirmProps) {
  return (
    <AlertDialog.Root open={open} onOpenChange={onOpenChange}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className={VEIL} />
        <AlertDialog.Content className={BOX}>
          <AlertDialog.Title className="mb-2 font-semibold text-base">{title}</AlertDialog.Title>
          <AlertDialog.Description className="mb-5 text-muted">{description}</AlertDialog.Description>
          <div className="flex justify-end gap-2">
            <AlertDialog.Cancel asChild>
              <Button>Keep</Button>
            </AlertDialog.Cancel>
            <AlertDialog.Action asChild>
              <Button tone={danger ? 'down' : 'accent'} onClick={onConfirm}>
                {action}
              </Button>
            </AlertDialog.Action>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}
