import { HomeContext } from '@/pages/lab/home'
import { LabPage } from '@/pages/lab/lab-page'
import { TokenForm } from '@/pages/lab/why-not'

const HOME = { base: '', WhyNot: TokenForm }

/** The Lab page as the simulation's own server shows it: whoever has the control token steers. */
export default function LabAlone() {
  return (
    <HomeContext value={HOME}>
      <LabPage />
    </HomeContext>
  )
}
