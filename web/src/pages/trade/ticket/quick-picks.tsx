export interface Pick {
  readonly label: string
  readonly title: string
  /** Null where there is nothing to take. */
  readonly take: (() => void) | null
}

/** Small buttons that fill in a field. */
export function QuickPicks({ label, picks }: { label: string; picks: readonly Pick[] }) {
  return (
    <fieldset className="mt-1 flex gap-1" aria-label={label}>
      {picks.map((pick) => (
        <button
          key={pick.label}
          type="button"
          title={pick.title}
          disabled={pick.take === null}
          onClick={() => pick.take?.()}
          className="h-5 min-w-0 flex-1 truncate rounded border border-line px-1 text-2xs text-muted transition-colors enabled:hover:border-line-strong enabled:hover:bg-hover enabled:hover:text-text disabled:opacity-45"
        >
          {pick.label}
        </button>
      ))}
    </fieldset>
  )
}
