import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Router } from 'wouter'
import { SkeletonRows } from '@/components/states'
import { keepToken } from '@/lab/api'
import { lab } from '@/lab/store'
import { takeToken } from '@/lab/token'
import { Boundary } from '@/shell/boundary'
import { useHashPath, useHashSearch } from '@/shell/hash-location'
import { LabShell } from '@/shell/lab-shell'
import { loadable } from '@/shell/loadable'
import { queries } from '@/wire/queries'
import '@/theme/index.css'

const Lab = loadable(() => import('@/pages/lab/alone'), <SkeletonRows rows={10} />)

/** How long a server may take to know a token before the page is shown without it. */
const KNOWN_WITHIN_MS = 2_000

/** Have the server know who came with the token in the address, before anything else is made of the address. */
async function signIn(): Promise<void> {
  const token = takeToken()
  if (token === null) return
  const known = keepToken(token).then(
    () => lab.restart(),
    // The page says that it only watches, and asks for the token.
    () => undefined,
  )
  await Promise.race([known, new Promise((resolve) => setTimeout(resolve, KNOWN_WITHIN_MS))])
}

await signIn()

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <Router hook={useHashPath} searchHook={useHashSearch}>
          <LabShell>
            <Boundary name="lab">
              <Lab />
            </Boundary>
          </LabShell>
        </Router>
      </QueryClientProvider>
    </StrictMode>,
  )
}
