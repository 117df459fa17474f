import { useEffect, useRef } from 'react'
import { Link } from 'wouter'
import { lab } from '@/lab/store'
import { HomeContext } from '@/pages/lab/home'
import { LabPage } from '@/pages/lab/lab-page'
import { useSession } from '@/session/store'

function WhyNot() {
  const standing = useSession((state) => state.standing)
  return (
    <p className="text-muted">
      Only administrators steer the lab.
      {standing === 'signed_out' && (
        <>
          {' '}
          <Link href="/sign-in?next=/lab" className="text-accent underline">
            Sign in
          </Link>{' '}
          as one to start and steer simulations.
        </>
      )}
    </p>
  )
}

const HOME = { base: '/lab', WhyNot }

/** The Lab page in the exchange's application: who is signed in there decides who steers. */
export default function LabInExchange() {
  const user = useSession((state) => state.me?.user_id ?? null)
  const before = useRef(user)
  useEffect(() => {
    // The connection steers as whoever opened it.
    if (before.current !== user) lab.restart()
    before.current = user
  }, [user])
  return (
    <HomeContext value={HOME}>
      <LabPage />
    </HomeContext>
  )
}
