/** The pages. Addresses stand behind `#`, so that the application works under any path and needs nothing of a server. */
import {
  Activity,
  ChartCandlestick,
  FlaskConical,
  LayoutGrid,
  type LucideIcon,
  PieChart,
  Shield,
  Trophy,
} from 'lucide-react'

export interface Place {
  readonly path: string
  readonly label: string
  readonly icon: LucideIcon
  /** What is pressed after `g`. */
  readonly key: string
  readonly needs?: 'user' | 'admin'
  /** In the bar at the bottom of a phone. */
  readonly phone?: boolean
}

export const PLACES: readonly Place[] = [
  { path: '/', label: 'Markets', icon: LayoutGrid, key: 'm', phone: true },
  { path: '/trade', label: 'Trade', icon: ChartCandlestick, key: 't', phone: true },
  { path: '/portfolio', label: 'Portfolio', icon: PieChart, key: 'p', phone: true },
  { path: '/leaderboard', label: 'Leaderboard', icon: Trophy, key: 'l', phone: true },
  { path: '/lab', label: 'Lab', icon: FlaskConical, key: 'b', phone: true },
  { path: '/status', label: 'Status', icon: Activity, key: 's' },
  { path: '/admin', label: 'Admin', icon: Shield, key: 'a', needs: 'admin' },
]
