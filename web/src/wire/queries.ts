/** What was asked over HTTP and is kept for a while, for all of the application. */
import { QueryClient } from '@tanstack/react-query'
import { RequestError } from '@/wire/rest'

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // What the venue refuses it refuses again; what could not be reached is tried again.
      retry: (failures, error) => !(error instanceof RequestError && error.status < 500) && failures < 3,
      staleTime: 2_000,
      refetchOnWindowFocus: true,
    },
  },
})
