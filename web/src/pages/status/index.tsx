import { Page } from '@/components/page'
import { ChannelsPanel } from '@/pages/status/channels-panel'
import { LatencyPanel } from '@/pages/status/latency-panel'
import { LinkPanel } from '@/pages/status/link-panel'
import { useSampling } from '@/pages/status/store'
import { TrafficPanel } from '@/pages/status/traffic-panel'
import { VenuePanel } from '@/pages/status/venue-panel'

/** How the link to the venue is: for everybody, signed in or not. */
export default function Status() {
  useSampling()
  return (
    <Page title="Status">
      <div className="grid items-start gap-3 lg:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
        <div className="flex min-w-0 flex-col gap-3">
          <LinkPanel />
          <VenuePanel />
          <TrafficPanel />
        </div>
        <div className="flex min-w-0 flex-col gap-3">
          <LatencyPanel />
          <ChannelsPanel />
        </div>
      </div>
    </Page>
  )
}
