import { clsx } from 'clsx'
import { Tabs } from 'radix-ui'
import type { ComponentType } from 'react'
import { create } from 'zustand'
import { Page } from '@/components/page'
import { Instruments } from '@/pages/admin/instruments'
import { News } from '@/pages/admin/news'
import { Overview } from '@/pages/admin/overview'
import { Users } from '@/pages/admin/users'

const PARTS: readonly { name: string; title: string; Part: ComponentType }[] = [
  { name: 'overview', title: 'Overview', Part: Overview },
  { name: 'instruments', title: 'Instruments', Part: Instruments },
  { name: 'news', title: 'News', Part: News },
  { name: 'users', title: 'Users', Part: Users },
]

/** The part that was looked at last, for who comes back from another page. */
const usePart = create<{ readonly name: string }>(() => ({ name: 'overview' }))

/** What administrators do. The venue refuses everybody else. */
export default function Admin() {
  const part = usePart((state) => state.name)
  return (
    <Page title="Administration">
      <Tabs.Root value={part} onValueChange={(name) => usePart.setState({ name })}>
        <Tabs.List
          aria-label="Parts"
          className="mb-3 flex overflow-x-auto border-line border-b [scrollbar-width:none]"
        >
          {PARTS.map(({ name, title }) => (
            <Tabs.Trigger
              key={name}
              value={name}
              className={clsx(
                '-mb-px shrink-0 border-transparent border-b-2 px-3 py-2 font-medium text-muted transition-colors hover:text-text focus-visible:-outline-offset-2',
                'data-[state=active]:border-accent data-[state=active]:text-text',
              )}
            >
              {title}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        {PARTS.map(({ name, Part }) => (
          <Tabs.Content key={name} value={name} className="outline-none">
            <Part />
          </Tabs.Content>
        ))}
      </Tabs.Root>
    </Page>
  )
}
