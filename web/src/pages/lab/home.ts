/** Where the Lab page lives: in the exchange's application, or on a page of its own. */
import { type ComponentType, createContext, use } from 'react'

export interface Home {
  /** What stands before the page's own paths. */
  readonly base: string
  /** Says why one who looks may not steer, and what he can do about it. */
  readonly WhyNot: ComponentType
}

export const HomeContext = createContext<Home>({ base: '/lab', WhyNot: () => null })
export const useHome = (): Home => use(HomeContext)
