import { X } from 'lucide-react'
import { useId } from 'react'
import { IconButton } from '@/components/button'

interface Props {
  text: string
  wrong: boolean
  onChange: (text: string) => void
}

/** The least size of the trades that are shown. */
export function LeastSize({ text, wrong, onChange }: Props) {
  const id = useId()
  return (
    <div className="flex items-center gap-1.5">
      <label htmlFor={id} className="text-muted text-xs">
        Size from
      </label>
      <input
        id={id}
        value={text}
        onChange={(event) => onChange(event.target.value)}
        inputMode="decimal"
        autoComplete="off"
        placeholder="any"
        aria-invalid={wrong || undefined}
        title={wrong ? 'This is no size: all trades are shown' : undefined}
        className={`tabular h-6 w-20 rounded-md border bg-well px-2 text-xs placeholder:text-faint ${wrong ? 'border-down' : 'border-line-strong'}`}
      />
      {text !== '' && (
        <IconButton label="Show trades of any size" size="sm" onClick={() => onChange('')}>
          <X size={13} />
        </IconButton>
      )}
    </div>
  )
}
