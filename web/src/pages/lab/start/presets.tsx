import { clsx } from 'clsx'
import { FileText, PencilLine } from 'lucide-react'
import { words } from '@/format/words'
import type { Preset } from '@/lab/api'

interface Props {
  presets: readonly Preset[]
  /** The name of the chosen one; null for a run file of one's own. */
  chosen: string | null
  onChoose: (preset: Preset | null) => void
}

const CARD =
  'flex w-full items-start gap-2.5 rounded-lg border p-2.5 text-left transition-colors focus-visible:-outline-offset-1'

/** What a simulation can begin with: ready-made ones with what they are about, or a file of one's own. */
export function Presets({ presets, chosen, onChoose }: Props) {
  return (
    <ul aria-label="Presets" className="grid grid-cols-1 gap-2 sm:grid-cols-2 lg:grid-cols-1">
      {presets.map((preset) => (
        <li key={preset.name}>
          <button
            type="button"
            aria-pressed={chosen === preset.name}
            onClick={() => onChoose(preset)}
            className={clsx(
              CARD,
              'h-full',
              chosen === preset.name ? 'border-accent bg-accent-soft' : 'border-line bg-panel hover:bg-hover',
            )}
          >
            <FileText size={15} aria-hidden className="mt-0.5 shrink-0 text-faint" />
            <span className="min-w-0">
              <span className="block font-medium">{words(preset.name)}</span>
              {preset.description && (
                <span className="mt-0.5 block text-pretty text-muted text-xs">{preset.description}</span>
              )}
            </span>
          </button>
        </li>
      ))}
      <li>
        <button
          type="button"
          aria-pressed={chosen === null}
          onClick={() => onChoose(null)}
          className={clsx(
            CARD,
            chosen === null ? 'border-accent bg-accent-soft' : 'border-line border-dashed hover:bg-hover',
          )}
        >
          <PencilLine size={15} aria-hidden className="mt-0.5 shrink-0 text-faint" />
          <span>
            <span className="block font-medium">A run file of your own</span>
            <span className="mt-0.5 block text-muted text-xs">Paste YAML, or change one of these.</span>
          </span>
        </button>
      </li>
    </ul>
  )
}
