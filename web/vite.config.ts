import { fileURLToPath, URL } from 'node:url'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { compression } from 'vite-plugin-compression2'
import { defineConfig } from 'vitest/config'

// Where `npm run dev` finds a venue, and on which port it shows the application.
const venue = process.env.CROSSBOOK_VENUE ?? 'http://127.0.0.1:8000'
const port = Number(process.env.CROSSBOOK_WEB_PORT ?? 5173)

export default defineConfig({
  // Relative, so that the application works under whatever path a reverse proxy shows it.
  base: './',
  plugins: [
    react(),
    tailwindcss(),
    // The venue sends what was compressed here, and compresses nothing itself.
    compression({ algorithms: ['gzip', 'brotliCompress'], threshold: 1024 }),
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    outDir: '../src/crossbook/doors/http/web_app',
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 700,
    rollupOptions: {
      // The exchange's application, and the Lab page as a simulation's own server shows it.
      input: ['index.html', 'lab.html'],
    },
  },
  server: {
    host: '127.0.0.1',
    port,
    strictPort: true,
    proxy: {
      // The page's own host goes along: what a cookie signs in must come from the venue's own pages.
      '/api': { target: venue, changeOrigin: false },
      '/docs': { target: venue, changeOrigin: false },
      '/openapi.json': { target: venue, changeOrigin: false },
      '/ws': { target: venue, changeOrigin: false, ws: true },
    },
  },
  test: {
    // Properties of many examples on a machine that does other things too.
    testTimeout: 60_000,
    restoreMocks: true,
    maxWorkers: 2,
    projects: [
      // What is pure needs no page, and none is made for it.
      {
        extends: true,
        // One after another in the same process: a process for each takes longer than its tests.
        test: { name: 'pure', environment: 'node', include: ['src/**/*.test.ts'], isolate: false },
      },
      {
        extends: true,
        test: {
          name: 'components',
          environment: 'jsdom',
          include: ['src/**/*.test.tsx'],
          setupFiles: ['src/test/setup.ts'],
        },
      },
    ],
  },
})
