import { clsx } from 'clsx'
import { formatShort } from '@/format/numbers'
import { PresetsButton } from '@/pages/trade/ladder/presets'
import { sizeKeys } from '@/pages/trade/ladder/size-keys'
import { chooseSize, useSizes } from '@/trading/sizes'
import { parseDecimal, toNumber, toText } from '@/wire/decimal'

/** Sizes that are longer than this are shortened on their button. */
const DIGITS_MAX = 5

function shortSize(text: string): string {
  const size = parseDecimal(text)
  if (size === null) return text
  const exact = toText(size)
  return exact.length > DIGITS_MAX ? formatShort(toNumber(size)) : exact
}

/** The size that a click trades, and the ones under the keys 1 to 9. */
export function SizeBar() {
  const presets = useSizes((state) => state.presets)
  const chosen = useSizes((state) => state.chosen)
  const size = parseDecimal(chosen)
  const wrong = size === null || size <= 0n
  return (
    <div className="flex h-9 shrink-0 items-center gap-1.5 border-line border-b px-2.5">
      <label htmlFor="ladder-size" className="sr-only">
        Size
      </label>
      <input
        id="ladder-size"
        value={chosen}
        onChange={(event) => chooseSize(event.target.value)}
        inputMode="decimal"
        autoComplete="off"
        aria-invalid={wrong || undefined}
        title={wrong ? 'A size is a number above zero' : 'Size of an order'}
        className={clsx(
          'tabular h-6 w-14 shrink-0 rounded-md border bg-well px-1.5 text-right text-xs',
          wrong ? 'border-down' : 'border-line-strong',
        )}
      />
      <div
        role="group"
        aria-label="Sizes"
        className="flex min-w-0 flex-1 overflow-x-auto [scrollbar-width:none]"
      >
        {sizeKeys(presets).map(({ key, preset }) => (
          <button
            key={key}
            type="button"
            aria-pressed={preset === chosen}
            title={`Size ${preset}: key ${key}`}
            onClick={() => chooseSize(preset)}
            className={clsx(
              'tabular h-6 min-w-5 flex-auto shrink-0 rounded-md px-0.5 font-medium text-2xs transition-colors focus-visible:outline-offset-[-2px]',
              preset === chosen ? 'bg-accent-soft text-accent' : 'text-muted hover:bg-hover hover:text-text',
            )}
          >
            {shortSize(preset)}
          </button>
        ))}
      </div>
      <PresetsButton />
    </div>
  )
}
