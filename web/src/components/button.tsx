import { clsx } from 'clsx'
import type { ComponentProps } from 'react'

type Tone = 'plain' | 'accent' | 'up' | 'down' | 'ghost' | 'danger'
type Size = 'sm' | 'md' | 'lg'

const TONES: Readonly<Record<Tone, string>> = {
  plain: 'bg-panel border-line-strong hover:bg-hover',
  accent: 'bg-accent-fill border-transparent text-on-fill hover:brightness-110',
  up: 'bg-up-fill border-transparent text-on-fill hover:brightness-110',
  down: 'bg-down-fill border-transparent text-on-fill hover:brightness-110',
  ghost: 'border-transparent text-muted hover:bg-hover hover:text-text',
  danger: 'bg-panel border-line-strong text-down hover:bg-down-soft',
}

const SIZES: Readonly<Record<Size, string>> = {
  sm: 'h-6 px-2 text-xs gap-1',
  md: 'h-8 px-3 text-sm gap-1.5',
  lg: 'h-10 px-4 text-sm gap-2',
}

export interface ButtonProps extends ComponentProps<'button'> {
  tone?: Tone
  size?: Size
  /** Shows that the venue has not answered yet, and takes no second press. */
  busy?: boolean
}

export function Button({
  tone = 'plain',
  size = 'md',
  busy = false,
  className,
  disabled,
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={clsx(
        'inline-flex shrink-0 select-none items-center justify-center whitespace-nowrap rounded-md border font-medium',
        'transition-[background-color,filter,color] disabled:opacity-50 disabled:brightness-100',
        TONES[tone],
        SIZES[size],
        busy && 'animate-breathe',
        className,
      )}
    >
      {children}
    </button>
  )
}

/** A button with a picture alone; its label is for who cannot see it, and in its tooltip. */
export function IconButton({ label, size = 'md', className, ...rest }: ButtonProps & { label: string }) {
  return (
    <Button
      tone="ghost"
      size={size}
      {...rest}
      aria-label={label}
      title={label}
      className={clsx(size === 'sm' ? 'w-6 px-0!' : 'w-8 px-0!', className)}
    />
  )
}
