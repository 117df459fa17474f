interface Props {
  /** From 0, the lowest, to 1, the highest; null where nothing traded. */
  place: number | null
  low: string
  high: string
  /** Of which time, where no head above says so. */
  label?: string
}

/** The lowest and the highest price of a day, and where the last one stands between them. */
export function RangeBar({ place, low, high, label }: Props) {
  return (
    <div className="tabular flex items-center gap-2 text-muted text-xs">
      {label && <span className="eyebrow whitespace-nowrap">{label}</span>}
      <span className="sr-only">lowest</span>
      <span className="truncate">{low}</span>
      <span className="relative h-1 min-w-6 flex-1 rounded-full bg-line" aria-hidden>
        {place !== null && (
          <>
            <span
              className="absolute inset-0 origin-left rounded-full bg-line-strong"
              style={{ transform: `scaleX(${place})` }}
            />
            {/* As wide as the bar, and moved as a whole: that lays nothing out anew. */}
            <span className="absolute inset-0" style={{ transform: `translateX(${place * 100}%)` }}>
              <span className="absolute top-1/2 left-0 size-2 -translate-x-1/2 -translate-y-1/2 rounded-full bg-text ring-2 ring-panel" />
            </span>
          </>
        )}
      </span>
      <span className="sr-only">highest</span>
      <span className="truncate">{high}</span>
    </div>
  )
}
