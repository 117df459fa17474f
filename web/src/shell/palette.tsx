import { Command } from 'cmdk'
import { Dialog } from 'radix-ui'
import { useLocation } from 'wouter'
import { useInstruments } from '@/hooks/use-instruments'
import { useSession } from '@/session/store'
import { PLACES } from '@/shell/routes'

const ITEM = 'flex cursor-pointer items-center gap-2.5 rounded-md px-2.5 py-2 data-[selected=true]:bg-hover'

/** Type a few letters and be there: markets and pages. */
export default function Palette({ onClose }: { onClose: () => void }) {
  const [, navigate] = useLocation()
  const me = useSession((state) => state.me)
  const { data } = useInstruments()
  const go = (path: string) => {
    navigate(path)
    onClose()
  }
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-appear bg-black/40" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed top-[14vh] left-1/2 z-50 w-[min(32rem,calc(100vw-2rem))] -translate-x-1/2 animate-appear overflow-hidden rounded-xl border border-line bg-raised shadow-float"
        >
          <Dialog.Title className="sr-only">Find a market or a page</Dialog.Title>
          <Command label="Find a market or a page">
            <Command.Input
              placeholder="Find a market or a page"
              className="w-full border-line border-b bg-transparent px-4 py-3 text-base outline-none placeholder:text-faint"
            />
            <Command.List className="max-h-80 overflow-y-auto p-1.5">
              <Command.Empty className="p-4 text-center text-faint">Nothing is called that.</Command.Empty>
              <Command.Group heading={<span className="eyebrow px-2.5">Markets</span>}>
                {data?.instruments.map((listed) => (
                  <Command.Item
                    key={listed.ticker}
                    value={`${listed.ticker} ${listed.name}`}
                    onSelect={() => go(`/trade/${encodeURIComponent(listed.ticker)}`)}
                    className={ITEM}
                  >
                    <span className="w-16 font-medium">{listed.ticker}</span>
                    <bdi className="text-muted">{listed.name}</bdi>
                  </Command.Item>
                ))}
              </Command.Group>
              <Command.Group heading={<span className="eyebrow px-2.5">Pages</span>}>
                {PLACES.filter((place) => place.needs !== 'admin' || me?.role === 'admin').map(
                  ({ path, label, icon: Icon }) => (
                    <Command.Item key={path} value={label} onSelect={() => go(path)} className={ITEM}>
                      <Icon size={15} className="text-faint" />
                      {label}
                    </Command.Item>
                  ),
                )}
              </Command.Group>
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
