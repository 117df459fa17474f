import { Select } from '@/components/select'
import { groupSizes } from '@/trading/grouping'
import { type Decimal, decimalOf, toText } from '@/wire/decimal'

/** A choice of how many steps go together. */
export function GroupSelect({
  step,
  near,
  size,
  onChange,
}: {
  step: Decimal
  /** A price of the market. */
  near: Decimal | null
  size: Decimal
  onChange: (size: Decimal) => void
}) {
  const sizes = groupSizes(step, near)
  if (!sizes.includes(size)) sizes.push(size)
  return (
    <Select
      label="Group prices by"
      labelHidden
      size="sm"
      value={toText(size)}
      choices={sizes.map((one) => ({ value: toText(one), label: toText(one) }))}
      onChange={(text) => onChange(decimalOf(text))}
      className="tabular min-w-16"
    />
  )
}
