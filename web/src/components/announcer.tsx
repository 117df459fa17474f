/** What happens is told to screen readers here, politely, or at once where it is bad. */
import { create } from 'zustand'

const useAnnouncements = create<{ polite: string; urgent: string }>(() => ({ polite: '', urgent: '' }))

export function announce(words: string, urgent = false): void {
  // The same words again are told again: a no-break space makes them others.
  useAnnouncements.setState((before) =>
    urgent
      ? { urgent: before.urgent === words ? `${words}\u00a0` : words }
      : { polite: before.polite === words ? `${words}\u00a0` : words },
  )
}

export function Announcer() {
  const { polite, urgent } = useAnnouncements()
  return (
    <div className="sr-only">
      <div aria-live="polite">{polite}</div>
      <div aria-live="assertive">{urgent}</div>
    </div>
  )
}
