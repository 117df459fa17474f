import { ChevronDown, Pause, Play, StepForward } from 'lucide-react'
import { DropdownMenu as Menu } from 'radix-ui'
import { Button, IconButton } from '@/components/button'
import { MENU_BOX, MENU_ITEM, MENU_LABEL } from '@/components/menu'
import { pause, resume, step } from '@/lab/steer'
import { steered } from '@/pages/lab/act'
import { STEPS, type StepName, useLabSettings } from '@/pages/lab/settings'

/** Pause what runs, or let it go on. */
export const toggle = (running: boolean) =>
  steered(running ? pause() : resume(), running ? 'Paused' : 'Running')

/** Go on by the chosen step; what runs is paused first, as a film is. */
export const stepOn = (running: boolean) =>
  steered(
    running ? pause() : step(STEPS[useLabSettings.getState().step].size),
    running ? 'Paused' : 'Stepped',
  )

interface Props {
  running: boolean
  disabled: boolean
}

/** Pause, go on, and go on by a little. */
export function Transport({ running, disabled }: Props) {
  const chosen = useLabSettings((state) => state.step)
  return (
    <div className="flex items-center gap-1">
      <Button
        tone={running ? 'plain' : 'accent'}
        disabled={disabled}
        onClick={() => void toggle(running)}
        title={`${running ? 'Pause' : 'Resume'} (Space)`}
        className="w-24 max-sm:w-11"
      >
        {running ? <Pause size={14} aria-hidden /> : <Play size={14} aria-hidden />}
        <span className="max-sm:sr-only">{running ? 'Pause' : 'Resume'}</span>
      </Button>
      <div className="flex">
        <Button
          disabled={disabled}
          onClick={() => void stepOn(running)}
          title={running ? 'Pause, to go on step by step (.)' : `Go on by ${STEPS[chosen].words} (.)`}
          className="rounded-r-none"
        >
          <StepForward size={14} aria-hidden />
          <span className="max-sm:sr-only">{STEPS[chosen].words}</span>
        </Button>
        <Menu.Root>
          <Menu.Trigger asChild>
            <IconButton
              tone="plain"
              label="How far a step goes"
              disabled={disabled}
              className="-ml-px w-6! rounded-l-none"
            >
              <ChevronDown size={13} aria-hidden />
            </IconButton>
          </Menu.Trigger>
          <Menu.Portal>
            <Menu.Content align="start" sideOffset={6} className={MENU_BOX}>
              <Menu.Label className={MENU_LABEL}>A step is</Menu.Label>
              <Menu.RadioGroup
                value={chosen}
                onValueChange={(name) => useLabSettings.setState({ step: name as StepName })}
              >
                {(Object.keys(STEPS) as StepName[]).map((name) => (
                  <Menu.RadioItem key={name} value={name} className={MENU_ITEM}>
                    <span className="w-3.5">
                      <Menu.ItemIndicator>
                        <span className="block size-1.5 rounded-full bg-accent" />
                      </Menu.ItemIndicator>
                    </span>
                    {STEPS[name].words}
                    <span className="ml-auto pl-4 text-faint text-xs">
                      {name.startsWith('step') ? 'of the kernel' : 'simulated'}
                    </span>
                  </Menu.RadioItem>
                ))}
              </Menu.RadioGroup>
            </Menu.Content>
          </Menu.Portal>
        </Menu.Root>
      </div>
    </div>
  )
}
