import type { Facts } from './facts.js'
import { type Finding, note, passes } from './finding.js'
import { isJsonObject } from './json-part.js'
import { shown } from './words.js'

const maxDelegations = 16

/** `act`; nothing where nobody acts for the subject. RFC 8693 section 4.1. */
export function delegationCheck({ claims: { act } }: Facts): Finding | undefined {
  if (act === undefined) return undefined
  const actors: string[] = []
  for (let link: unknown = act; link !== undefined; link = (link as { act?: unknown }).act) {
    if (actors.length === maxDelegations || !isActor(link)) return malformed()
    actors.push(link.sub)
  }
  return passes(`${actors.map(shown).join(', on behalf of ')} acts for the subject.`)
}

function isActor(link: unknown): link is { readonly sub: string } {
  return isJsonObject(link) && typeof link['sub'] === 'string' && link['sub'] !== ''
}

function malformed(): Finding {
  return note(
    `“act” is malformed: a link of the chain is not an object with a “sub”, or there are more than ${maxDelegations}.`,
    'An API takes the token, and refuses it as soon as a handler asks who acts.',
    'actor_malformed',
  )
}
