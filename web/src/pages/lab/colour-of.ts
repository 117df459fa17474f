/** The colours of agents: the same in lines, legends and tables. */
import '@/pages/lab/lines.css'

const COLOURS = 12

/** The colour of the agent at a place of the list, and whether it is the second round, drawn dashed. */
export const colourOf = (place: number): { readonly name: string; readonly dashed: boolean } => ({
  name: `--line-${(place % COLOURS) + 1}`,
  dashed: Math.floor(place / COLOURS) % 2 === 1,
})

/** A colour as `rgb(…)`, for what is painted on a canvas. */
export function resolved(name: string): string {
  const probe = document.createElement('i')
  probe.style.display = 'none'
  probe.style.color = `var(${name})`
  document.body.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}
