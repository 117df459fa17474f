/** The colour of an agent's line. */
export function Swatch({ colour, dashed }: { colour: string; dashed: boolean }) {
  return (
    <svg width="12" height="8" aria-hidden className="shrink-0">
      <line
        x1="0"
        x2="12"
        y1="4"
        y2="4"
        strokeWidth="2.5"
        stroke={`var(${colour})`}
        strokeDasharray={dashed ? '3 2' : undefined}
      />
    </svg>
  )
}
