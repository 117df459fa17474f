import { defineConfig } from 'vitest/config'
import journeys from './vitest.journeys.config'

// Figures, not tests: `benches/web_app.py` runs it and prints them. Ten minutes of them are the page's own.
export default defineConfig({
  ...journeys,
  test: {
    ...journeys.test,
    include: ['budget/**/*.budget.ts'],
    fileParallelism: false,
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
  },
})
