import { clsx } from 'clsx'
import { passwordStrength } from '@/session/rules'

const TONES = ['bg-line-strong', 'bg-warn', 'bg-accent', 'bg-up'] as const

/** How long a new password is, as three bars and in words. */
export function StrengthMeter({ password }: { password: string }) {
  const { level, words } = passwordStrength(password)
  return (
    <span className="flex items-center gap-2">
      <span aria-hidden className="flex w-14 shrink-0 gap-0.5">
        {[1, 2, 3].map((part) => (
          <span
            key={part}
            className={clsx('h-1 flex-1 rounded-full', part <= level ? TONES[level] : 'bg-line-strong')}
          />
        ))}
      </span>
      <span>{words}</span>
    </span>
  )
}
