import { clsx } from 'clsx'
import { Link } from 'wouter'
import { Panel } from '@/components/panel'
import { Empty, SkeletonRows } from '@/components/states'
import { formatMoney } from '@/format/numbers'
import { type Part, partsOf, widthOf } from '@/pages/portfolio/allocation'
import { formatWeight, type Summary } from '@/pages/portfolio/summary'

/** From strong to faint; whatever the shade, each part is named beside its figure. */
const SHADES = ['opacity-100', 'opacity-80', 'opacity-65', 'opacity-50', 'opacity-40', 'opacity-30'] as const

const HATCHED =
  'bg-[repeating-linear-gradient(135deg,var(--line-strong)_0_3px,var(--hover)_3px_6px)] ring-1 ring-line-strong ring-inset'

/** A part that is wider carries its name in the bar. */
const NAMED_FROM = 1_200

function shadeOf(part: Part, holding: number): string {
  if (part.kind === 'cash') return 'bg-line-strong'
  // Hatched: it is cash, but kept back.
  if (part.kind === 'escrow') return HATCHED
  const shade = part.kind === 'others' ? SHADES.at(-1) : (SHADES[holding] ?? SHADES.at(-1))
  return clsx('bg-accent-fill', shade)
}

/** What the account is made of: a bar, and the parts in words and figures. */
export function AllocationPanel({ summary }: { summary: Summary | null }) {
  const parts = summary ? partsOf(summary) : []
  const before = parts.findIndex((part) => part.kind === 'holding')
  const shades = parts.map((part, place) => shadeOf(part, place - before))
  return (
    <Panel title="Allocation" className="min-w-0 lg:h-80 2xl:h-96" bodyClassName="overflow-y-auto">
      {!summary ? (
        <SkeletonRows />
      ) : parts.length === 0 ? (
        <Empty title="There is nothing in this account" />
      ) : (
        <div className="p-3">
          <div className="flex h-7 gap-0.5 overflow-hidden rounded-md" aria-hidden>
            {parts.map((part, place) => (
              <div
                key={`${part.kind} ${part.name}`}
                title={`${part.name} ${formatWeight(part.weight)}`}
                className="relative min-w-0.5 bg-well"
                style={{ width: widthOf(part) }}
              >
                <div className={clsx('absolute inset-0', shades[place])} />
                {part.weight >= NAMED_FROM && part.kind !== 'escrow' && (
                  <span
                    className={clsx(
                      'relative block truncate px-2 font-medium text-2xs leading-7',
                      part.kind === 'holding' && place - before < 2 ? 'text-on-fill' : 'text-text',
                    )}
                  >
                    {part.name}
                  </span>
                )}
              </div>
            ))}
          </div>
          <ul className="mt-3">
            {parts.map((part, place) => (
              <li key={`${part.kind} ${part.name}`} className="flex items-center gap-2 py-1">
                <span className={clsx('size-2.5 shrink-0 rounded-sm', shades[place])} aria-hidden />
                <span className="min-w-0 flex-1 truncate">
                  {part.ticker ? (
                    <Link href={`/trade/${encodeURIComponent(part.ticker)}`} className="hover:underline">
                      {part.name}
                    </Link>
                  ) : (
                    part.name
                  )}
                </span>
                <span className="tabular text-muted text-xs">{formatMoney(part.value)}</span>
                <span className="tabular w-16 text-right">{formatWeight(part.weight)}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Panel>
  )
}
