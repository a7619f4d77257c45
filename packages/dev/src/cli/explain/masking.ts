const email = /([\p{L}\p{N}_.+-])([\p{L}\p{N}_.+'%-]*)(@|%40)(?=[\p{L}\p{N}-]+\.)/giu

/** Email addresses keep their first letter and the host: `a***@example.com`. */
function masked(text: string): string {
  return text.replace(email, '$1***$3')
}

/** The same value with every text in it masked. */
export function maskedDeep<Value>(value: Value): Value {
  return maskedValue(value) as Value
}

function maskedValue(value: unknown): unknown {
  if (typeof value === 'string') return masked(value)
  if (Array.isArray(value)) return value.map(maskedValue)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [masked(name), maskedValue(member)]))
}
