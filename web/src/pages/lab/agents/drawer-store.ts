import { create } from 'zustand'

/** What stands beside the cockpit: an agent's parameters, or the form for new ones. */
export type Drawer = { readonly kind: 'agent'; readonly id: string } | { readonly kind: 'add' } | null

export const useDrawer = create<{ readonly drawer: Drawer }>(() => ({ drawer: null }))
export const openDrawer = (drawer: Drawer): void => useDrawer.setState({ drawer })
export const closeDrawer = (): void => useDrawer.setState({ drawer: null })
