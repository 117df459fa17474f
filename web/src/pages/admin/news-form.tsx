import { useMutation, useQueryClient } from '@tanstack/react-query'
import { clsx } from 'clsx'
import { type FormEvent, useId, useState } from 'react'
import { toast } from 'sonner'
import { announce } from '@/components/announcer'
import { Button } from '@/components/button'
import { DecimalField } from '@/components/field'
import { Refused } from '@/components/in-place'
import { Select } from '@/components/select'
import { formatPercent } from '@/format/numbers'
import { useInstruments } from '@/hooks/use-instruments'
import { NewsLine } from '@/pages/admin/news'
import {
  impactMistake,
  NEWS_LENGTH_MAX,
  newsLength,
  readNews,
  type TypedNews,
  textMistake,
} from '@/pages/admin/news-rules'
import { tellNews } from '@/wire/api'

const EMPTY: TypedNews = { text: '', ticker: '', impact: '' }
/** A choice has no empty value. */
const EVERYTHING = '*'

/** Write news, see how they will look, and tell them. */
export function NewsForm() {
  const queries = useQueryClient()
  const { data } = useInstruments()
  const [typed, setTyped] = useState(EMPTY)
  const wanted = readNews(typed)
  const telling = useMutation({
    mutationFn: tellNews,
    onSuccess: () => {
      toast.success('The news are told')
      announce('The news are told')
      setTyped(EMPTY)
      return queries.invalidateQueries({ queryKey: ['news'] })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (wanted && !telling.isPending) telling.mutate(wanted)
  }
  const tickers = data?.instruments.map((listed) => listed.ticker) ?? []
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <NewsText value={typed.text} onChange={(text) => setTyped({ ...typed, text })} />
      <div className="grid grid-cols-2 items-start gap-3">
        <Select
          label="About"
          value={typed.ticker || EVERYTHING}
          choices={[
            { value: EVERYTHING, label: 'The whole venue' },
            ...tickers.map((ticker) => ({ value: ticker as string, label: ticker as string })),
          ]}
          onChange={(value) => setTyped({ ...typed, ticker: value === EVERYTHING ? '' : value })}
        />
        <DecimalField
          label="Impact"
          value={typed.impact}
          onChange={(event) => setTyped({ ...typed, impact: event.target.value })}
          suffix="%"
          placeholder="None"
          // A minus sign is not on the keyboard of digits.
          inputMode="text"
          disabled={typed.ticker === ''}
          error={typed.ticker === '' ? null : impactMistake(typed.impact)}
          hint={typed.ticker === '' ? 'For news about an instrument' : 'From \u221250 to 50; empty for none'}
        />
      </div>
      <p className="text-faint text-xs">
        The impact moves what the instrument is worth to the informed bots; nobody else is told it.
      </p>
      <section aria-label="Preview" className="rounded-md border border-line border-dashed bg-well px-3 py-2">
        <div className="eyebrow mb-1">Preview</div>
        {wanted ? (
          <NewsLine text={wanted.text} ticker={wanted.ticker ?? null} />
        ) : (
          <p className="text-faint">What everybody will read</p>
        )}
        {wanted?.impact !== undefined && (
          <p className="tabular mt-1 text-muted text-xs">
            Informed bots: {wanted.ticker} is worth {formatPercent(wanted.impact)}
          </p>
        )}
      </section>
      <Refused error={telling.error} />
      <Button type="submit" tone="accent" className="self-end" busy={telling.isPending} disabled={!wanted}>
        Tell everybody
      </Button>
    </form>
  )
}

function NewsText({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const id = useId()
  const length = newsLength(value)
  const mistake = value === '' ? null : textMistake(value)
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-muted text-xs">
        Text
      </label>
      <textarea
        id={id}
        rows={3}
        value={value}
        // News are one line: a line break that was pasted becomes a space.
        onChange={(event) => onChange(event.target.value.replace(/\s*[\r\n]+\s*/g, ' '))}
        aria-invalid={mistake ? true : undefined}
        aria-describedby={`${id}-below`}
        className={clsx(
          'block w-full resize-none rounded-md border bg-well px-2.5 py-1.5 outline-none',
          'focus:border-accent focus:ring-1 focus:ring-accent',
          mistake ? 'border-down' : 'border-line-strong',
        )}
      />
      <p id={`${id}-below`} className="mt-1 flex justify-between gap-3 text-xs">
        <span role="alert" className="text-down">
          {mistake}
        </span>
        <span className={clsx('tabular shrink-0', length > NEWS_LENGTH_MAX ? 'text-down' : 'text-faint')}>
          {length} of {NEWS_LENGTH_MAX}
        </span>
      </p>
    </div>
  )
}
