export function SessionOver() {
  return null
}
