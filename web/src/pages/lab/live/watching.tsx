import { Eye } from 'lucide-react'
import { Popover } from 'radix-ui'
import { Button } from '@/components/button'
import { useHome } from '@/pages/lab/home'

/** Says that one may look and not steer, and why. */
export function Watching() {
  const { WhyNot } = useHome()
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <Button title="Why this page cannot steer">
          <Eye size={14} aria-hidden />
          Watching only
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="end"
          sideOffset={6}
          className="z-50 w-72 animate-rise rounded-lg border border-line bg-raised p-3 text-sm shadow-float"
        >
          <WhyNot />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}
