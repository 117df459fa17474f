import { clsx } from 'clsx'
import { ArrowDownRight, ArrowUpRight, type LucideIcon, Monitor, Moon, Sun } from 'lucide-react'
import { RadioGroup } from 'radix-ui'
import type { ReactNode } from 'react'
import { Panel } from '@/components/panel'
import { type Palette, type Theme, useLooks } from '@/theme/store'

const CARD = clsx(
  'flex min-w-0 flex-1 flex-col items-center gap-1.5 rounded-md border border-line-strong bg-well px-2 py-2.5 text-muted text-xs',
  'transition-colors hover:text-text data-[state=checked]:border-accent data-[state=checked]:bg-accent-soft',
  'data-[state=checked]:font-medium data-[state=checked]:text-text',
)

const THEMES: readonly { value: Theme; label: string; icon: LucideIcon }[] = [
  { value: 'system', label: 'System', icon: Monitor },
  { value: 'light', label: 'Light', icon: Sun },
  { value: 'dark', label: 'Dark', icon: Moon },
]

const PALETTES: readonly { value: Palette; label: string }[] = [
  { value: 'green-red', label: 'Green and red' },
  { value: 'blue-orange', label: 'Blue and orange' },
]

interface ChoiceProps<T extends string> {
  label: string
  value: T
  onChange: (value: T) => void
  children: ReactNode
}

function Choice<T extends string>({ label, value, onChange, children }: ChoiceProps<T>) {
  return (
    <div>
      <div className="mb-1.5 text-muted text-xs">{label}</div>
      <RadioGroup.Root
        aria-label={label}
        value={value}
        onValueChange={(chosen) => onChange(chosen as T)}
        className="flex gap-2"
      >
        {children}
      </RadioGroup.Root>
    </div>
  )
}

/** How the application looks in this browser. */
export function Appearance() {
  const { theme, palette } = useLooks()
  return (
    <Panel title="Appearance" bodyClassName="flex flex-col gap-4 p-3">
      <Choice label="Theme" value={theme} onChange={(value) => useLooks.setState({ theme: value })}>
        {THEMES.map(({ value, label, icon: Icon }) => (
          <RadioGroup.Item key={value} value={value} className={CARD}>
            <Icon size={16} aria-hidden />
            {label}
          </RadioGroup.Item>
        ))}
      </Choice>
      <Choice label="Up and down" value={palette} onChange={(value) => useLooks.setState({ palette: value })}>
        {PALETTES.map(({ value, label }) => (
          <RadioGroup.Item key={value} value={value} className={CARD}>
            <Sample palette={value} />
            {label}
          </RadioGroup.Item>
        ))}
      </Choice>
      <p className="text-faint text-xs">
        Kept in this browser. Signs and arrows say the same as the colours.
      </p>
    </Panel>
  )
}

/** The two colours of a palette; those of the one in use are the page's own. */
function Sample({ palette }: { palette: Palette }) {
  return (
    <span aria-hidden className="flex gap-1">
      <ArrowUpRight
        size={16}
        strokeWidth={2.5}
        className={palette === 'green-red' ? 'text-emerald-600' : 'text-blue-500'}
      />
      <ArrowDownRight
        size={16}
        strokeWidth={2.5}
        className={palette === 'green-red' ? 'text-rose-500' : 'text-orange-500'}
      />
    </span>
  )
}
