import { fileURLToPath, URL } from 'node:url'
import { defineConfig } from 'vitest/config'

// Journeys through the built application, in a real browser against a real venue; much of their time they wait.
export default defineConfig({
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  test: {
    environment: 'node',
    include: ['journeys/**/*.journey.ts'],
    globalSetup: ['journeys/support/prerequisites.ts'],
    maxWorkers: 2,
    testTimeout: 180_000,
    hookTimeout: 120_000,
    reporters: ['default'],
  },
})
