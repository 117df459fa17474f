import { Dialog } from '@/components/dialog'
import { Caps } from '@/keyboard/caps'
import { type Shortcut, useShortcutGroups } from '@/keyboard/shortcuts'

/** Where two keys do the same, as on keyboards that differ, the first is enough. */
const shown = (shortcuts: readonly Shortcut[]): readonly Shortcut[] =>
  shortcuts.filter(({ label }, place) => shortcuts.findIndex((other) => other.label === label) === place)

/** All shortcuts that work on the page now. */
export function ShortcutsDialog({
  open,
  onOpenChange,
}: {
  open: boolean
  onOpenChange: (open: boolean) => void
}) {
  const groups = useShortcutGroups((state) => state.groups)
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keyboard shortcuts" wide>
      <div className="columns-1 gap-8 sm:columns-2">
        {groups.map((group) => (
          <section key={group.title} className="mb-4 break-inside-avoid">
            <h3 className="mb-1 font-medium text-muted text-xs">{group.title}</h3>
            <dl>
              {shown(group.shortcuts).map((shortcut) => (
                <div
                  key={shortcut.keys}
                  className="flex items-center justify-between gap-4 border-line border-b py-1.5 last:border-0"
                >
                  <dt>{shortcut.label}</dt>
                  <dd>
                    <Caps keys={shortcut.keys} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
