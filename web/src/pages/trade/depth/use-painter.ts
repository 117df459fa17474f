import { type RefObject, useEffect, useState } from 'react'
import type { Scene } from '@/pages/trade/depth/draw'
import { DepthPainter, type Target } from '@/pages/trade/depth/painter'

/** A painter on a canvas, which is shown each new scene. */
export function usePainter(
  canvas: RefObject<HTMLCanvasElement | null>,
  scene: Scene | null,
  target: Target | null,
): DepthPainter | null {
  const [painter, setPainter] = useState<DepthPainter | null>(null)
  useEffect(() => {
    if (!canvas.current) return
    const made = new DepthPainter(canvas.current)
    setPainter(made)
    return () => made.remove()
  }, [canvas])
  useEffect(() => {
    if (painter && scene && target) painter.show(scene, target)
  }, [painter, scene, target])
  return painter
}
