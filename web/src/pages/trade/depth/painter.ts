/**
 * Paints a depth on a canvas: at most once a frame, and only when something is other than before. What is shown glides
 * to where it should be, so that the picture does not jump as the book moves; for who wants no motion it is there at
 * once.
 */
import { topFor, totalAt } from '@/pages/trade/depth/depth'
import { AXIS_HEIGHT, drawDepth, type Frame, priceAt, type Scene } from '@/pages/trade/depth/draw'
import { colours, onColoursChanged } from '@/theme/store'

/** How fast it glides: the time in which two thirds of a way are gone. */
const GLIDE_MS = 90
/** Nearer than this part of what is shown is there. */
const NEAR_PART = 0.0005

export interface Target {
  readonly middle: number
  /** How far from the middle it is shown. */
  readonly half: number
}

export class DepthPainter {
  private readonly canvas: HTMLCanvasElement
  private readonly context: CanvasRenderingContext2D | null
  private readonly observer: ResizeObserver
  private readonly unfollowColours: () => void
  private readonly still = window.matchMedia('(prefers-reduced-motion: reduce)')
  private look = colours()
  private scene: Scene | null = null
  private target: (Target & { readonly top: number }) | null = null
  private frame: Frame | null = null
  private width = 0
  private height = 0
  private asked: number | null = null
  private before = 0

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas
    this.context = canvas.getContext('2d')
    this.observer = new ResizeObserver(([entry]) => {
      if (entry) this.resize(entry.contentRect.width, entry.contentRect.height)
    })
    this.observer.observe(canvas)
    this.unfollowColours = onColoursChanged(() => {
      this.look = colours()
      this.paintSoon()
    })
  }

  remove(): void {
    if (this.asked !== null) cancelAnimationFrame(this.asked)
    this.observer.disconnect()
    this.unfollowColours()
  }

  /** Show this, soon. */
  show(scene: Scene, { middle, half }: Target): void {
    const highest = Math.max(
      totalAt(scene.bids, middle - half, 'buy'),
      totalAt(scene.asks, middle + half, 'sell'),
    )
    this.target = { middle, half, top: topFor(highest, this.target?.top ?? null) }
    this.scene = scene
    this.paintSoon()
  }

  /** The price at a distance from the left edge; none before anything was painted. */
  priceAt(x: number): number | null {
    return this.frame ? priceAt(this.frame, x) : null
  }

  private resize(width: number, height: number): void {
    this.width = width
    this.height = height
    this.paintSoon()
  }

  private paintSoon(): void {
    if (this.asked === null) this.asked = requestAnimationFrame((now) => this.paint(now))
  }

  private paint(now: number): void {
    this.asked = null
    const { context, scene, target } = this
    // A panel behind another has no size; it is painted when it comes forward.
    if (!context || !scene || !target || this.width < 1 || this.height <= AXIS_HEIGHT) return
    const gone = this.before === 0 ? GLIDE_MS : Math.min(64, now - this.before)
    const { frame, arrived } = this.glided(target, gone)
    this.frame = frame
    this.fitPixels()
    drawDepth(context, scene, frame, this.look)
    this.before = arrived ? 0 : now
    if (!arrived) this.paintSoon()
  }

  /** What is shown now, on the way to the target. */
  private glided(
    target: Target & { readonly top: number },
    elapsed: number,
  ): { frame: Frame; arrived: boolean } {
    const { width, height, frame } = this
    const there: Frame = { width, height, ...target }
    if (!frame || this.still.matches) return { frame: there, arrived: true }
    // Another market, or a jump beyond what is in sight, is no way to glide.
    if (Math.abs(frame.middle - target.middle) > 2 * frame.half) return { frame: there, arrived: true }
    const part = 1 - Math.exp(-elapsed / GLIDE_MS)
    const middle = frame.middle + (target.middle - frame.middle) * part
    const half = frame.half + (target.half - frame.half) * part
    const top = frame.top + (target.top - frame.top) * part
    const arrived =
      Math.abs(middle - target.middle) < half * NEAR_PART &&
      Math.abs(half - target.half) < half * NEAR_PART &&
      Math.abs(top - target.top) < top * NEAR_PART
    return { frame: arrived ? there : { width, height, middle, half, top }, arrived }
  }

  /** As many pixels as the screen has. */
  private fitPixels(): void {
    const ratio = window.devicePixelRatio || 1
    const [width, height] = [Math.round(this.width * ratio), Math.round(this.height * ratio)]
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width
      this.canvas.height = height
    }
    this.context?.setTransform(width / this.width, 0, 0, height / this.height, 0, 0)
  }
}
