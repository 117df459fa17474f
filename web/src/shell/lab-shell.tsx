import { clsx } from 'clsx'
import { type ReactNode, useState } from 'react'
import { Toaster } from 'sonner'
import { Link } from 'wouter'
import { Announcer } from '@/components/announcer'
import { useShortcuts } from '@/keyboard/shortcuts'
import { ShortcutsDialog } from '@/keyboard/shortcuts-dialog'
import { useLab } from '@/lab/store'
import { LooksMenu } from '@/shell/looks-menu'
import { TOASTS } from '@/shell/toasts'
import { useLooks } from '@/theme/store'

const WORDS = { connecting: 'Connecting', open: 'Connected', lost: 'Reconnecting' } as const

function Chip() {
  const link = useLab((state) => state.link)
  return (
    <span
      role="status"
      aria-label={`Connection: ${WORDS[link]}`}
      className="flex h-7 items-center gap-1.5 rounded-full border border-line px-2.5 text-muted text-xs"
    >
      <span
        className={clsx('size-1.5 rounded-full', link === 'open' ? 'bg-up' : 'animate-breathe bg-warn')}
      />
      {WORDS[link]}
    </span>
  )
}

/** What stands around the Lab page where there is no exchange around it. */
export function LabShell({ children }: { children: ReactNode }) {
  const theme = useLooks((state) => state.theme)
  const [shortcuts, setShortcuts] = useState(false)
  useShortcuts('Everywhere', [
    { keys: '?', label: 'Show the shortcuts', run: () => setShortcuts(true) },
    { keys: 'Shift+?', label: 'Show the shortcuts', run: () => setShortcuts(true) },
  ])
  return (
    <div className="flex h-full flex-col">
      <header className="flex h-12 shrink-0 items-center gap-2 border-line border-b bg-panel px-3">
        <Link
          href="/"
          className="flex items-center gap-2 font-semibold tracking-tight"
          aria-label="Crossbook Lab"
        >
          <img src="./favicon.svg" alt="" width={22} height={22} />
          <span>
            Crossbook <span className="font-normal text-muted">Lab</span>
          </span>
        </Link>
        <div className="ml-auto flex items-center gap-1.5">
          <Chip />
          <LooksMenu onShortcuts={() => setShortcuts(true)} />
        </div>
      </header>
      <main id="main" tabIndex={-1} className="min-h-0 flex-1 outline-none">
        {children}
      </main>
      <ShortcutsDialog open={shortcuts} onOpenChange={setShortcuts} />
      <Toaster theme={theme} {...TOASTS} />
      <Announcer />
    </div>
  )
}
