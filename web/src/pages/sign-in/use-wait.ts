import { useEffect, useState } from 'react'

/** Seconds that are left of a wait which began at a time; counts down to zero. */
export function useWait(seconds: number | null, since: number): number {
  const [left, setLeft] = useState(0)
  useEffect(() => {
    const until = seconds === null ? 0 : since + seconds * 1_000
    const look = () => setLeft(Math.max(0, Math.ceil((until - Date.now()) / 1_000)))
    look()
    if (until <= Date.now()) return
    const timer = setInterval(look, 1_000)
    return () => clearInterval(timer)
  }, [seconds, since])
  return left
}
