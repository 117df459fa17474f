import { clsx } from 'clsx'
import { type KeyboardEvent, useEffect, useId, useRef } from 'react'
import { lineRange } from '@/lab/yaml-lines'

const LINE_HEIGHT = 18
const INDENT = '  '

interface Props {
  label: string
  value: string
  onChange: (value: string) => void
  /** The line that a mistake is in. */
  wrongLine: number | null
  error: string | null
  disabled?: boolean
}

/** A run file as text, its lines numbered; the one that is wrong is marked and brought into sight. */
export function YamlEditor({ label, value, onChange, wrongLine, error, disabled }: Props) {
  const id = useId()
  const area = useRef<HTMLTextAreaElement>(null)
  const gutter = useRef<HTMLDivElement>(null)
  const lines = value.split('\n').length

  useEffect(() => {
    const box = area.current
    if (!box || wrongLine === null) return
    const [start, end] = lineRange(box.value, wrongLine)
    box.focus()
    box.setSelectionRange(start, end)
    box.scrollTop = Math.max(0, (wrongLine - 4) * LINE_HEIGHT)
  }, [wrongLine])

  const press = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // Escape first, then Tab leaves the field as everywhere.
    if (event.key !== 'Tab' || event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return
    const box = event.currentTarget
    if (box.dataset.leaving === 'yes') return
    event.preventDefault()
    const { selectionStart: start, selectionEnd: end } = box
    onChange(`${value.slice(0, start)}${INDENT}${value.slice(end)}`)
    requestAnimationFrame(() => box.setSelectionRange(start + INDENT.length, start + INDENT.length))
  }

  return (
    <div className="flex h-full min-h-64 flex-col">
      <label htmlFor={id} className="mb-1 block text-muted text-xs">
        {label}
      </label>
      <div
        className={clsx(
          'flex min-h-0 flex-1 overflow-hidden rounded-md border bg-well font-mono text-xs',
          'focus-within:border-accent focus-within:ring-1 focus-within:ring-accent',
          error ? 'border-down' : 'border-line-strong',
        )}
      >
        <div
          ref={gutter}
          aria-hidden
          className="tabular shrink-0 select-none overflow-hidden border-line border-r py-2 text-right text-faint"
          style={{ lineHeight: `${LINE_HEIGHT}px` }}
        >
          {Array.from({ length: lines }, (_, place) => (
            <div
              // biome-ignore lint/suspicious/noArrayIndexKey: a line's number is what it is
              key={place}
              className={clsx(
                'min-w-9 px-2',
                place + 1 === wrongLine && 'bg-down-soft font-semibold text-down',
              )}
            >
              {place + 1}
            </div>
          ))}
          {/* The text scrolls further than its last line by the height of its scroll bar. */}
          <div className="h-4" />
        </div>
        <textarea
          id={id}
          ref={area}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          onScroll={({ currentTarget }) => {
            if (gutter.current) gutter.current.scrollTop = currentTarget.scrollTop
          }}
          onKeyDown={(event) => {
            if (event.key === 'Escape') event.currentTarget.dataset.leaving = 'yes'
            press(event)
          }}
          onBlur={({ currentTarget }) => delete currentTarget.dataset.leaving}
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          wrap="off"
          disabled={disabled}
          aria-invalid={error ? true : undefined}
          aria-describedby={`${id}-below`}
          style={{ lineHeight: `${LINE_HEIGHT}px` }}
          className="min-w-0 flex-1 resize-none overflow-auto bg-transparent px-2.5 py-2 outline-none"
        />
      </div>
      <p id={`${id}-below`} className="mt-1 min-h-4 text-xs">
        {error ? (
          <span role="alert" className="text-down">
            <bdi>{error}</bdi>
          </span>
        ) : (
          <span className="text-faint">Escape, then Tab, leaves the field.</span>
        )}
      </p>
    </div>
  )
}
