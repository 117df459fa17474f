import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from '@/app'
import { recogniseUser } from '@/session/store'
import { startStream } from '@/stream/store'
import '@/theme/index.css'

startStream()
recogniseUser()

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
}
