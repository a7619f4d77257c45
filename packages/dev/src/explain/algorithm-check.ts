import type { Facts } from './facts.js'
import { type Finding, fails, passes } from './finding.js'
import { apiSettingsPlace } from './setting-places.js'
import { shown } from './words.js'

/** `alg`, and the parameters that would change what a signature means. RFC 8725 section 3.1. */
export function algorithmCheck({ header, algorithms, issuers }: Facts): Finding {
  const { alg, crit, b64 } = header
  if (crit !== undefined || b64 !== undefined)
    return fails(
      'header_parameter_refused',
      `Its header has “${crit === undefined ? 'b64' : 'crit'}”, which changes what the signature means.`,
      'Have the issuer leave it out.',
    )
  if (typeof alg !== 'string' || alg.toLowerCase() === 'none')
    return fails('algorithm_refused', 'It is not signed (alg “none”): anybody could have written it.')
  if (algorithms.includes(alg)) return passes(`${alg}, as the API wants it.`)
  if (algorithms.includes('HS256'))
    return fails(
      'algorithm_refused',
      'The API’s tokens are signed with HS256 and its own secret; this says another algorithm.',
    )
  return fails(
    'algorithm_refused',
    `It says that it is signed with ${shown(alg).slice(0, 20)}. The API takes ${algorithms.join(' and ')}, and nothing else.`,
    adviceFor(alg, issuers),
  )
}

function adviceFor(alg: string, issuers: Facts['issuers']): string {
  if (/^HS\d+$/.test(alg))
    return `Set the signing algorithm of the API to RS256 (${apiSettingsPlace({ issuers })}): a secret that is shared with every API is no signature.`
  return 'Set the signing algorithm of the API to RS256, or allow this one with the option “algorithms”.'
}
