import { useId } from 'react'

interface Props {
  /** Oldest first. */
  values: readonly number[]
  width?: number
  height?: number
  tone?: 'up' | 'down' | 'accent'
  label: string
}

/** A small line without axes: which way, and how wildly. */
export function Sparkline({ values, width = 120, height = 32, tone = 'accent', label }: Props) {
  const gradient = useId()
  if (values.length < 2) return <svg width={width} height={height} role="img" aria-label={label} />
  const low = Math.min(...values)
  const span = Math.max(...values) - low || 1
  const points = values.map((value, place) => {
    const x = (place / (values.length - 1)) * width
    const y = height - 2 - ((value - low) / span) * (height - 4)
    return `${x.toFixed(1)},${y.toFixed(1)}`
  })
  const colour = `var(--${tone})`
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      className="block h-full w-full overflow-visible"
      role="img"
      aria-label={label}
    >
      <defs>
        <linearGradient id={gradient} x1="0" x2="0" y1="0" y2="1">
          <stop offset="0" stopColor={colour} stopOpacity="0.22" />
          <stop offset="1" stopColor={colour} stopOpacity="0" />
        </linearGradient>
      </defs>
      <polygon points={`0,${height} ${points.join(' ')} ${width},${height}`} fill={`url(#${gradient})`} />
      <polyline
        points={points.join(' ')}
        fill="none"
        stroke={colour}
        strokeWidth="1.5"
        strokeLinejoin="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  )
}
