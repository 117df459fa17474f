import { defineConfig } from 'vitest/config'
import journeys from './vitest.journeys.config'

// The pictures of the documentation: every page in both themes, from a venue that has traded for a while.
export default defineConfig({
  ...journeys,
  test: {
    ...journeys.test,
    include: ['pictures/**/*.pictures.ts'],
    fileParallelism: false,
    testTimeout: 900_000,
    hookTimeout: 600_000,
  },
})
