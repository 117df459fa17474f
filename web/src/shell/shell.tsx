import { clsx } from 'clsx'
import { type ReactNode, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { Announcer } from '@/components/announcer'
import { useShortcuts } from '@/keyboard/shortcuts'
import { ShortcutsDialog } from '@/keyboard/shortcuts-dialog'
import { useSession } from '@/session/store'
import { ConnectionChip } from '@/shell/connection-chip'
import { loadable } from '@/shell/loadable'
import { LooksMenu } from '@/shell/looks-menu'
import { NewsTicker } from '@/shell/news-ticker'
import { PLACES, type Place } from '@/shell/routes'
import { UserMenu } from '@/shell/user-menu'
import { Worth } from '@/shell/worth'

const Palette = loadable(() => import('@/shell/palette'), null)

const isHere = (place: Place, path: string): boolean =>
  place.path === '/' ? path === '/' : path === place.path || path.startsWith(`${place.path}/`)

/** What stands around every page: the way to the others, the connection, the account. */
export function Shell({ children }: { children: ReactNode }) {
  const [path, navigate] = useLocation()
  const me = useSession((state) => state.me)
  const [shortcuts, setShortcuts] = useState(false)
  const [palette, setPalette] = useState(false)
  const places = PLACES.filter((place) => place.needs !== 'admin' || me?.role === 'admin')
  useShortcuts('Everywhere', [
    { keys: '?', label: 'Show the shortcuts', run: () => setShortcuts(true) },
    { keys: 'Shift+?', label: 'Show the shortcuts', run: () => setShortcuts(true) },
    { keys: '$mod+k', label: 'Find a market or a page', run: () => setPalette(true), whileTyping: true },
    ...places.map((place) => ({
      keys: `g ${place.key}`,
      label: `Go to ${place.label}`,
      run: () => navigate(place.path),
    })),
  ])
  return (
    <div className="flex h-full flex-col">
      <button
        type="button"
        onClick={() => document.getElementById('main')?.focus()}
        className="sr-only z-50 rounded-md bg-accent-fill px-3 py-2 text-on-fill focus:not-sr-only focus:absolute focus:top-2 focus:left-2"
      >
        Skip to the page
      </button>
      <header className="flex h-12 shrink-0 items-center gap-2 border-line border-b bg-panel px-3">
        <Link
          href="/"
          className="mr-2 flex items-center gap-2 font-semibold tracking-tight"
          aria-label="Crossbook"
        >
          <img src="./favicon.svg" alt="" width={22} height={22} />
          <span className="max-sm:hidden">Crossbook</span>
        </Link>
        <nav aria-label="Pages" className="flex items-center gap-0.5 max-md:hidden">
          {places.map((place) => (
            <Link
              key={place.path}
              href={place.path}
              aria-current={isHere(place, path) ? 'page' : undefined}
              className={clsx(
                'rounded-md px-2.5 py-1 font-medium transition-colors',
                isHere(place, path) ? 'bg-hover text-text' : 'text-muted hover:text-text',
              )}
            >
              {place.label}
            </Link>
          ))}
        </nav>
        <NewsTicker />
        <div className="ml-auto flex items-center gap-1.5">
          <Worth />
          <ConnectionChip />
          <LooksMenu onShortcuts={() => setShortcuts(true)} />
          <UserMenu />
        </div>
      </header>
      <main id="main" tabIndex={-1} className="min-h-0 flex-1 outline-none">
        {children}
      </main>
      <nav
        aria-label="Pages"
        className="flex shrink-0 border-line border-t bg-panel pb-[env(safe-area-inset-bottom)] md:hidden"
      >
        {places
          .filter((place) => place.phone)
          .map(({ path: to, label, icon: Icon, ...place }) => {
            const here = isHere({ path: to, label, icon: Icon, ...place }, path)
            return (
              <Link
                key={to}
                href={to}
                aria-current={here ? 'page' : undefined}
                className={clsx(
                  'flex flex-1 flex-col items-center gap-0.5 py-1.5 text-2xs',
                  here ? 'text-accent' : 'text-muted',
                )}
              >
                <Icon size={18} strokeWidth={1.75} aria-hidden />
                {label}
              </Link>
            )
          })}
      </nav>
      <ShortcutsDialog open={shortcuts} onOpenChange={setShortcuts} />
      {palette && <Palette onClose={() => setPalette(false)} />}
      <Announcer />
    </div>
  )
}
