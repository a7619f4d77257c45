import type { RefusalCode } from 'sallyport'
import type { Expectations } from '../../explain/facts.js'
import type { Check } from '../../explain/finding.js'
import { exitCodes } from '../failure.js'
import type { KeySource } from './expectations.js'
import { inReadingOrder } from './reading-order.js'

export interface Verdict {
  /** `unverified`: nothing is wrong so far, and something is missing to say more. */
  readonly kind: 'accepted' | 'refused' | 'unverified'
  /** What an API answers with: of the first check that fails, in the order in which it looks. */
  readonly code?: RefusalCode
  /** The check that fails first in the order of reading. */
  readonly because?: Check
  /** What was not looked at, by the names of the checks. */
  readonly left: readonly string[]
}

/** Without these nothing is said to be taken. */
const decisive = ['Issuer', 'Signature', 'Audience']

export function verdictOf(checks: readonly Check[], { audiences, issuers }: Expectations): Verdict {
  const failing = checks.find((check) => check.verdict === 'fails')
  const left = checks
    .filter(({ name, verdict }) => decisive.includes(name) && verdict !== 'passes')
    .map(({ name }) => name)
  const because = inReadingOrder(checks).find(({ verdict }) => verdict === 'fails')
  if (failing !== undefined && because !== undefined) return { kind: 'refused', code: failing.code, because, left }
  const isComplete = left.length === 0 && audiences.length > 0 && issuers.length > 0
  return { kind: isComplete ? 'accepted' : 'unverified', left }
}

export function exitCodeOf({ kind, left }: Verdict, source: KeySource['kind']): number {
  if (kind === 'refused') return exitCodes.failed
  if (kind === 'accepted') return exitCodes.ok
  if (source === 'unreachable') return exitCodes.network
  // What was left out on purpose is not missing.
  return source === 'offline' && left.every((name) => name === 'Signature') ? exitCodes.ok : exitCodes.usage
}
