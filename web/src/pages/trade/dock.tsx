import {
  type DockviewApi,
  DockviewReact,
  type DockviewReadyEvent,
  type IDockviewPanelHeaderProps,
  type IDockviewPanelProps,
} from 'dockview-react'
import 'dockview-react/dist/styles/dockview.css'
import '@/pages/trade/dock.css'
import { useEffect, useState } from 'react'
import { keepLayout, keptLayout, onLayoutReset } from '@/pages/trade/layout-kept'
import { TradePanel } from '@/pages/trade/panel'
import { isPanelName, PANELS, type PanelName } from '@/pages/trade/panels'

const THEME = { name: 'crossbook', className: 'dock-crossbook', gap: 6 }

const components = Object.fromEntries(
  (Object.keys(PANELS) as PanelName[]).map((name) => [
    name,
    (_props: IDockviewPanelProps) => <TradePanel name={name} />,
  ]),
)

function Tab({ api }: IDockviewPanelHeaderProps) {
  return <span className="flex h-full items-center px-2.5 font-medium text-xs">{api.title}</span>
}

/** The layout that everybody begins with. */
function arrange(api: DockviewApi): void {
  const add = (
    name: PanelName,
    position?: { referencePanel: PanelName; direction: 'right' | 'below' | 'within' },
  ) =>
    api.addPanel({
      id: name,
      component: name,
      title: PANELS[name].title,
      // A chart that is not in sight keeps its history.
      renderer: 'onlyWhenVisible',
      ...(position ? { position } : {}),
    })
  const resize = (name: PanelName, size: { width?: number; height?: number }) =>
    api.getPanel(name)?.group.api.setSize(size)
  add('chart')
  add('book', { referencePanel: 'chart', direction: 'right' })
  add('ticket', { referencePanel: 'book', direction: 'right' })
  add('blotter', { referencePanel: 'chart', direction: 'below' })
  add('tape', { referencePanel: 'book', direction: 'below' })
  add('ladder', { referencePanel: 'book', direction: 'within' })
  add('depth', { referencePanel: 'chart', direction: 'within' })
  const [book, ticket] = [Math.min(360, api.width * 0.23), Math.min(320, api.width * 0.22)]
  resize('chart', { width: api.width - book - ticket - 2 * THEME.gap })
  resize('book', { width: book })
  resize('blotter', { height: api.height * 0.33 })
  resize('tape', { height: api.height * 0.33 })
  for (const first of ['chart', 'book'] as const) api.getPanel(first)?.api.setActive()
}

/** Take the layout that was kept; one of another version, or a broken one, is left. */
function restore(api: DockviewApi): boolean {
  const kept = keptLayout()
  if (!kept) return false
  try {
    api.fromJSON(kept)
    const names = api.panels.map((panel) => panel.id)
    return names.length === Object.keys(PANELS).length && names.every(isPanelName)
  } catch {
    return false
  }
}

/** The panels of the trading page beside one another: dragged, resized, and as they were left the last time. */
export default function Dock() {
  const [api, setApi] = useState<DockviewApi | null>(null)

  useEffect(() => {
    if (!api) return
    const change = api.onDidLayoutChange(() => keepLayout(api.toJSON()))
    const unsubscribe = onLayoutReset(() => {
      api.clear()
      arrange(api)
    })
    return () => {
      change.dispose()
      unsubscribe()
    }
  }, [api])

  const ready = (event: DockviewReadyEvent) => {
    if (!restore(event.api)) {
      event.api.clear()
      arrange(event.api)
    }
    setApi(event.api)
  }

  return (
    <DockviewReact
      components={components}
      defaultTabComponent={Tab}
      theme={THEME}
      onReady={ready}
      disableFloatingGroups
      singleTabMode="default"
    />
  )
}
