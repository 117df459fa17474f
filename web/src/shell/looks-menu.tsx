import { Check, Keyboard, Monitor, Moon, Palette as PaletteIcon, Sun } from 'lucide-react'
import { DropdownMenu as Menu } from 'radix-ui'
import { IconButton } from '@/components/button'
import { MENU_BOX, MENU_ITEM, MENU_LABEL } from '@/components/menu'
import { type Palette, type Theme, useLooks } from '@/theme/store'

const THEMES = [
  { value: 'system', label: 'As the system', icon: Monitor },
  { value: 'light', label: 'Light', icon: Sun },
  { value: 'dark', label: 'Dark', icon: Moon },
] as const

const PALETTES = [
  { value: 'green-red', label: 'Green and red' },
  { value: 'blue-orange', label: 'Blue and orange' },
] as const

/** Theme, palette, and the way to the shortcuts. */
export function LooksMenu({ onShortcuts }: { onShortcuts: () => void }) {
  const { theme, palette } = useLooks()
  return (
    <Menu.Root>
      <Menu.Trigger asChild>
        <IconButton label="Appearance">
          <PaletteIcon size={16} />
        </IconButton>
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Content align="end" sideOffset={6} className={MENU_BOX}>
          <Menu.Label className={MENU_LABEL}>Theme</Menu.Label>
          <Menu.RadioGroup
            value={theme}
            onValueChange={(value) => useLooks.setState({ theme: value as Theme })}
          >
            {THEMES.map(({ value, label, icon: Icon }) => (
              <Menu.RadioItem key={value} value={value} className={MENU_ITEM}>
                <Icon size={14} className="text-faint" />
                {label}
                <Menu.ItemIndicator className="ml-auto">
                  <Check size={14} className="text-accent" />
                </Menu.ItemIndicator>
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
          <Menu.Separator className="my-1 h-px bg-line" />
          <Menu.Label className={MENU_LABEL}>Up and down</Menu.Label>
          <Menu.RadioGroup
            value={palette}
            onValueChange={(value) => useLooks.setState({ palette: value as Palette })}
          >
            {PALETTES.map(({ value, label }) => (
              <Menu.RadioItem key={value} value={value} className={MENU_ITEM}>
                <span data-palette={value} className="flex w-3.5 gap-px">
                  <i
                    className={value === 'green-red' ? 'h-3 flex-1 bg-[#0e9a63]' : 'h-3 flex-1 bg-[#2f7de1]'}
                  />
                  <i
                    className={value === 'green-red' ? 'h-3 flex-1 bg-[#d63c50]' : 'h-3 flex-1 bg-[#d9701f]'}
                  />
                </span>
                {label}
                <Menu.ItemIndicator className="ml-auto">
                  <Check size={14} className="text-accent" />
                </Menu.ItemIndicator>
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
          <Menu.Separator className="my-1 h-px bg-line" />
          <Menu.Item className={MENU_ITEM} onSelect={onShortcuts}>
            <Keyboard size={14} className="text-faint" />
            Keyboard shortcuts
            <kbd className="ml-auto text-faint text-xs">?</kbd>
          </Menu.Item>
        </Menu.Content>
      </Menu.Portal>
    </Menu.Root>
  )
}
