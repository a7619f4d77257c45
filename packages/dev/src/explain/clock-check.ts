import { spanOf } from './durations.js'
import type { Facts } from './facts.js'
import { type Finding, note } from './finding.js'

const noticeableSeconds = 60

/** This machine’s clock against the `Date` of the issuer’s answer. Says nothing where they agree. */
export function clockCheck({ clock: { aheadOfIssuerSeconds: ahead = 0 } }: Facts): Finding | undefined {
  if (Math.abs(ahead) < noticeableSeconds) return undefined
  return note(
    `This machine’s clock is ${spanOf(ahead)} ${ahead > 0 ? 'ahead of' : 'behind'} the issuer’s.`,
    'What is said about times here goes by this machine. Set its clock right (NTP).',
  )
}
