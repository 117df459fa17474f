import { capsOf } from '@/keyboard/shortcuts'

/** Keys as they look on a keyboard. */
export function Caps({ keys }: { keys: string }) {
  return (
    <span className="inline-flex items-center gap-1">
      {capsOf(keys).map((press) => (
        <span key={press.join('+')} className="inline-flex gap-0.5">
          {press.map((cap) => (
            <kbd
              key={cap}
              className="min-w-5 rounded border border-line-strong border-b-2 bg-well px-1 text-center font-sans text-2xs text-muted"
            >
              {cap}
            </kbd>
          ))}
        </span>
      ))}
    </span>
  )
}
