import { type ComponentType, type ReactNode, useEffect, useState } from 'react'

type Loaded<Props> = { readonly default: ComponentType<Props> }

/**
 * A component whose code is loaded when it is first shown, or before by `preload`.
 *
 * React's own `lazy` shows what has arrived with its lowest priority, behind every update of the stream; on a machine
 * that is busy with those it may not come to it for many seconds. This does not wait behind them.
 */
export function loadable<Props extends object>(load: () => Promise<Loaded<Props>>, meanwhile: ReactNode) {
  let loaded: ComponentType<Props> | null = null
  let loading: Promise<void> | null = null

  function preload(): Promise<void> {
    loading ??= load().then(
      (module) => {
        loaded = module.default
      },
      (error: unknown) => {
        // The next one who needs it tries again.
        loading = null
        throw error
      },
    )
    return loading
  }

  function Loadable(props: Props) {
    const [Shown, show] = useState(() => loaded)
    const [error, fail] = useState<unknown>(null)
    useEffect(() => {
      if (Shown) return
      let wanted = true
      preload().then(
        () => wanted && show(() => loaded),
        (reason: unknown) => wanted && fail(reason),
      )
      return () => {
        wanted = false
      }
    }, [Shown])
    if (error) throw error
    return Shown ? <Shown {...props} /> : meanwhile
  }
  Loadable.preload = preload
  return Loadable
}
