import { X } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { IconButton } from '@/components/button'
import { AddAgents } from '@/pages/lab/agents/add-agents'
import { closeDrawer, useDrawer } from '@/pages/lab/agents/drawer-store'
import { EditAgent } from '@/pages/lab/agents/edit-agent'

/** What stands at the right of the cockpit while agents are added or changed; the rest stays in sight and goes on. */
export function AgentDrawer() {
  const drawer = useDrawer((state) => state.drawer)
  if (drawer === null) return null
  return drawer.kind === 'add' ? (
    <Frame key="add" title="Add agents">
      <AddAgents />
    </Frame>
  ) : (
    <Frame key={drawer.id} title={drawer.id}>
      <EditAgent id={drawer.id} />
    </Frame>
  )
}

function Frame({ title, children }: { title: string; children: ReactNode }) {
  const box = useRef<HTMLElement>(null)
  useEffect(() => {
    const before = document.activeElement
    box.current?.focus()
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])
  return (
    <aside
      ref={box}
      aria-label={title}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return
        event.preventDefault()
        closeDrawer()
      }}
      // Beside the panels where there is room, over them where there is none.
      className="absolute inset-y-0 right-0 z-20 flex w-92 max-w-full shrink-0 animate-appear flex-col border-line border-l bg-panel shadow-float outline-none @max-[30rem]:w-full @min-[76rem]:static @min-[76rem]:my-1.5 @min-[76rem]:mr-1.5 @min-[76rem]:rounded-lg @min-[76rem]:border @min-[76rem]:shadow-none"
    >
      <header className="flex h-10 shrink-0 items-center justify-between gap-2 border-line border-b pr-1.5 pl-3">
        <h2 className="truncate font-semibold">
          <bdi>{title}</bdi>
        </h2>
        <IconButton label="Close (Esc)" size="sm" onClick={closeDrawer}>
          <X size={15} />
        </IconButton>
      </header>
      <div className="flex min-h-0 flex-1 flex-col">{children}</div>
    </aside>
  )
}
