import { TriangleAlert } from 'lucide-react'
import { Component, type ReactNode } from 'react'
import { Button } from '@/components/button'
import { Empty } from '@/components/states'

interface Props {
  children: ReactNode
  /** Another one takes the error away: another page. */
  name: string
}

/** A defect in a part of the page stays in that part. */
export class Boundary extends Component<Props, { error: Error | null }> {
  override state: { error: Error | null } = { error: null }

  static getDerivedStateFromError(error: Error) {
    return { error }
  }

  override componentDidUpdate(before: Props) {
    if (before.name !== this.props.name && this.state.error) this.setState({ error: null })
  }

  override render() {
    const { error } = this.state
    if (!error) return this.props.children
    // After an update of the venue the parts of the old page are gone.
    const outdated = /dynamically imported module|module script/i.test(error.message)
    return (
      <div role="alert" className="h-full">
        <Empty icon={TriangleAlert} title={outdated ? 'There is a newer version' : 'This part failed'}>
          <p>{outdated ? 'The venue was updated since this page was opened.' : error.message}</p>
          <Button
            size="sm"
            className="mt-2"
            onClick={() => (outdated ? location.reload() : this.setState({ error: null }))}
          >
            {outdated ? 'Load it' : 'Try again'}
          </Button>
        </Empty>
      </div>
    )
  }
}
