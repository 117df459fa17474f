/** What happened to the live simulation before this page looked. */
import * as v from 'valibot'
import { happened } from '@/lab/marks'
import type { Sample } from '@/lab/profit'
import { request } from '@/wire/rest'

const MICROS = 1_000_000

const earned = v.tupleWithRest([v.number()], v.number())

const past = v.pipe(
  v.object({ groups: v.array(v.string()), profits: v.array(earned), happened: v.array(happened) }),
  v.transform(({ groups, profits, happened: all }) => ({
    samples: profits.map(
      ([timestamp, ...values]): Sample => ({
        time: timestamp / MICROS,
        // Of groups that came later there is nothing yet.
        values: new Map(values.map((value, place) => [groups[place] ?? '', value])),
      }),
    ),
    happened: all,
  })),
)
export type Past = v.InferOutput<typeof past>

export const getPast = async (signal?: AbortSignal): Promise<Past> =>
  (await request('GET', 'api/lab/history', past, { signal })).data
