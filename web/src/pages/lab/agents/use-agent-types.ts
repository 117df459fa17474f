import { useQuery } from '@tanstack/react-query'
import { getAgentTypes } from '@/lab/api'

/** The kinds of agents that there are, with their parameters: they do not change while the server runs. */
export const useAgentTypes = () =>
  useQuery({
    queryKey: ['lab agent types'],
    queryFn: ({ signal }) => getAgentTypes(signal),
    staleTime: 300_000,
  })
