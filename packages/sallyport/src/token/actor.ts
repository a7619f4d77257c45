import { RequestRefused } from '../errors.js'

/** Who acts on behalf of the subject. RFC 8693 section 4.1. */
export interface Actor {
  readonly sub: string
  readonly [claim: string]: unknown
}

const maxDelegations = 16

/**
 * The chain of actors in an `act` claim, the current one first.
 *
 * @throws {RequestRefused} `actor_malformed` when a link is not an object with a `sub`, or there are more than 16.
 */
export function readDelegationChain(act: unknown): readonly Actor[] {
  const chain: Actor[] = []
  for (let link = act; link !== undefined; link = link.act) {
    if (chain.length === maxDelegations || !isActor(link)) throw new RequestRefused('actor_malformed')
    chain.push(link)
  }
  return Object.freeze(chain)
}

function isActor(link: unknown): link is Actor & { readonly act?: unknown } {
  return typeof link === 'object' && link !== null && 'sub' in link && typeof link.sub === 'string' && link.sub !== ''
}
