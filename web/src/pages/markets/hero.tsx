import { useEffect } from 'react'
import { Link } from 'wouter'
import { useMarketsLook } from '@/pages/markets/store'
import { useSession } from '@/session/store'

const BUTTON =
  'inline-flex h-8 items-center rounded-md border px-3 font-medium transition-[background-color,filter]'

/** What this is, for who is not signed in. */
export function Hero() {
  const standing = useSession((state) => state.standing)
  const known = useMarketsLook((look) => look.known)

  useEffect(() => {
    if (standing !== 'asking') useMarketsLook.setState({ known: standing === 'signed_in' })
  }, [standing])

  // Until the venue says who this is, the last time is the best guess: then nothing moves when it does.
  if (standing === 'asking' ? known : standing === 'signed_in') return null
  return (
    <section
      aria-label="About Crossbook"
      className="mb-4 flex flex-wrap items-center justify-between gap-x-8 gap-y-3 rounded-lg border border-line bg-panel px-4 py-3.5"
    >
      <p className="min-w-0 flex-[1_1_20rem] text-pretty text-base text-muted leading-6">
        <strong className="font-semibold text-text">An exchange in a box:</strong> real order books, real
        matching and play money, to trade by hand or by program.
      </p>
      <div className="flex gap-2">
        <Link
          href="/sign-in?new=1"
          className={`${BUTTON} border-transparent bg-accent-fill text-on-fill hover:brightness-110`}
        >
          Create an account
        </Link>
        <a href="docs" className={`${BUTTON} border-line-strong hover:bg-hover`}>
          API
        </a>
      </div>
    </section>
  )
}
