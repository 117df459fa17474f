import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button } from '@/components/button'

const SHOWN_MS = 2_000

interface Props {
  text: string
  label?: string
  size?: 'sm' | 'md'
}

/** Copies a text, and says that it did. */
export function CopyButton({ text, label = 'Copy', size = 'md' }: Props) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [copied])
  return (
    <Button size={size} onClick={() => navigator.clipboard.writeText(text).then(() => setCopied(true))}>
      {copied ? <Check size={14} className="text-up" /> : <Copy size={14} />}
      <span aria-live="polite">{copied ? 'Copied' : label}</span>
    </Button>
  )
}
