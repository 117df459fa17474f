import { ClipboardCopy, Download, FileDown } from 'lucide-react'
import { DropdownMenu as Menu } from 'radix-ui'
import { useState } from 'react'
import { IconButton } from '@/components/button'
import { MENU_BOX, MENU_ITEM, MENU_LABEL } from '@/components/menu'
import { saveCsv } from '@/format/csv'
import { EXPORT_ROWS_MAX } from '@/pages/trade/blotter/all-pages'
import { type Exported, exportTab } from '@/pages/trade/blotter/exports'
import type { TabName } from '@/pages/trade/blotter/habits'
import { act } from '@/trading/act'
import type { Ticker } from '@/wire/reading'

const rowWords = ({ rows, more }: Exported): string => {
  const count = `${rows} ${rows === 1 ? 'row' : 'rows'}`
  return more ? `${count}: the newest ${EXPORT_ROWS_MAX} orders or trades, older ones are left out` : count
}

/** Take along what a tab holds. */
export function ExportMenu({ tab, ticker }: { tab: TabName; ticker: Ticker | undefined }) {
  const [busy, setBusy] = useState(false)
  const take = async (deliver: (exported: Exported) => Promise<string>) => {
    setBusy(true)
    await act(exportTab(tab, ticker).then(deliver), (words) => words)
    setBusy(false)
  }
  const save = () =>
    take(async (exported) => {
      const day = new Date().toISOString().slice(0, 10)
      saveCsv(`crossbook-${tab}${ticker ? `-${ticker}` : ''}-${day}.csv`, exported.text)
      return `Saved ${rowWords(exported)}`
    })
  const copy = () =>
    take(async (exported) => {
      await navigator.clipboard.writeText(exported.text)
      return `Copied ${rowWords(exported)}`
    })
  return (
    <Menu.Root>
      <Menu.Trigger asChild>
        <IconButton label="Export" size="sm" busy={busy}>
          <Download size={14} />
        </IconButton>
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Content align="end" sideOffset={4} className={MENU_BOX}>
          <Menu.Label className={MENU_LABEL}>Everything that this tab lists</Menu.Label>
          <Menu.Item className={MENU_ITEM} onSelect={() => void save()}>
            <FileDown size={14} className="text-faint" aria-hidden />
            Save as CSV
          </Menu.Item>
          <Menu.Item className={MENU_ITEM} onSelect={() => void copy()}>
            <ClipboardCopy size={14} className="text-faint" aria-hidden />
            Copy as CSV
          </Menu.Item>
        </Menu.Content>
      </Menu.Portal>
    </Menu.Root>
  )
}
