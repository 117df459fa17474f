/** The rows of the benchmark, as `benches/rows.py` reads them. */
import { writeFileSync } from 'node:fs'

export interface Row {
  readonly name: string
  readonly unit: string
  readonly figure: number
  readonly baseline?: number
  readonly baseline_name?: string
  readonly target?: number
  readonly target_of?: 'figure' | 'ratio'
  readonly higher_is_better?: boolean
  readonly note?: string
}

const rows: Row[] = []

export const add = (row: Row): void => {
  rows.push(row)
}

/** Leave what was measured so far where the benchmark looks for it. */
export function save(): void {
  const path = process.env.BUDGET_ROWS
  if (!path) throw new Error('BUDGET_ROWS must name the file for the rows')
  writeFileSync(path, JSON.stringify(rows))
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low = Number.NaN, high = Number.NaN] = [sorted[middle - 1], sorted[middle]]
  return sorted.length % 2 === 1 ? high : (low + high) / 2
}

export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN
}
