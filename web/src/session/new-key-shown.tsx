import { useState } from 'react'
import { CopyButton } from '@/components/copy-button'
import { Segmented } from '@/components/segmented'
import { snippetsOf, venueAddress } from '@/session/snippets'

const LANGUAGES = [
  { value: 'curl', label: 'curl' },
  { value: 'Python', label: 'Python' },
] as const

/** An API key that was just made, and how to use it. */
export function NewKeyShown({ apiKey }: { apiKey: string }) {
  const [language, setLanguage] = useState<'curl' | 'Python'>('curl')
  const snippets = snippetsOf(apiKey, venueAddress(document.baseURI))
  const code = snippets.find((snippet) => snippet.name === language)?.code ?? ''
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <div>
        <div className="mb-1 flex items-end justify-between gap-2">
          <span className="text-muted text-xs">API key</span>
          <CopyButton text={apiKey} label="Copy key" />
        </div>
        <output
          aria-label="API key"
          className="block select-all wrap-anywhere rounded-md border border-line-strong bg-well px-2.5 py-2 font-mono text-xs"
        >
          {apiKey}
        </output>
      </div>
      <div>
        <div className="mb-1 flex items-end justify-between gap-2">
          <Segmented label="Language" value={language} choices={LANGUAGES} onChange={setLanguage} />
          <CopyButton text={code} label={`Copy ${language}`} />
        </div>
        <pre className="wrap-anywhere whitespace-pre-wrap rounded-md border border-line bg-well p-2.5 font-mono text-xs">
          {code}
        </pre>
      </div>
      <p className="text-faint text-xs">
        Whoever has the key trades as you. Keep it out of code that others read.
      </p>
    </div>
  )
}
