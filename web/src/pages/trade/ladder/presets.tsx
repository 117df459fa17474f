import { Pencil } from 'lucide-react'
import { Popover } from 'radix-ui'
import { useState } from 'react'
import { IconButton } from '@/components/button'
import { DecimalField } from '@/components/field'
import { sizeKeys } from '@/pages/trade/ladder/size-keys'
import { useSizes } from '@/trading/sizes'
import { parseDecimal } from '@/wire/decimal'

const isSize = (text: string): boolean => (parseDecimal(text) ?? 0n) > 0n

/** The sizes under the keys, to be changed. What is no size stays as it was typed, and is not kept. */
function Presets() {
  const [texts, setTexts] = useState(() => useSizes.getState().presets)
  const change = (changed: string, text: string) => {
    const next = sizeKeys(texts).map(({ key, preset }) => (key === changed ? text : preset))
    setTexts(next)
    const kept = useSizes.getState().presets
    useSizes.setState({
      presets: next.map((typed, place) => (isSize(typed) ? typed.trim() : (kept[place] ?? '1'))),
    })
  }
  return (
    <div className="grid grid-cols-3 gap-2">
      {sizeKeys(texts).map(({ key, preset }) => (
        <DecimalField
          key={key}
          label={`Key ${key}`}
          value={preset}
          error={isSize(preset) ? null : 'No size'}
          onChange={(event) => change(key, event.target.value)}
        />
      ))}
    </div>
  )
}

/** Opens the sizes under the keys. */
export function PresetsButton() {
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <IconButton label="Change the sizes" size="sm">
          <Pencil size={13} />
        </IconButton>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="end"
          sideOffset={6}
          collisionPadding={8}
          aria-label="Sizes under the keys 1 to 9"
          className="z-50 w-72 animate-rise rounded-lg border border-line bg-raised p-3 shadow-float focus:outline-none"
        >
          <p className="mb-2 font-medium">Sizes under the keys 1 to 9</p>
          <Presets />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}
