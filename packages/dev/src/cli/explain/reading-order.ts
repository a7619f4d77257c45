import type { Check } from '../../explain/finding.js'

/**
 * The order in which causes are worth looking at: what the token is and whom it is for, before what is wrong with it. An
 * API looks at the signature before it believes a claim; with several faults its answer can be about another of them.
 */
const names: readonly string[] = [
  'Request',
  'Form',
  'Kind',
  'Issuer',
  'Audience',
  'Time',
  'Clock',
  'Algorithm',
  'Signature',
  'Claims',
  'Scope',
  'Permissions',
  'Binding',
]

export function inReadingOrder(checks: readonly Check[]): readonly Check[] {
  const placeOf = ({ name }: Check) => (names.includes(name) ? names.indexOf(name) : names.length)
  return checks.toSorted((one, other) => placeOf(one) - placeOf(other))
}
