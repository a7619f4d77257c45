/** Whether a value is what documentation writes where a reader's own is meant. */
export function isPlaceholder(value: string): boolean {
  return /your[-_ ]?(tenant|domain|auth0|api)|[<>{}]|^change-?me$|^todo$|^x{3,}$/i.test(value)
}
