import type { Facts } from './facts.js'
import { type Finding, fails, passes } from './finding.js'
import { rightsOf } from './rights.js'
import { grantPlace } from './setting-places.js'
import { isMachineToken } from './token-kind.js'
import { listed } from './words.js'

/** The scopes that the route asks for; nothing where it asks for none. RFC 6750 section 3.1. */
export function scopeCheck(facts: Facts): Finding | undefined {
  const { claims, scopes: wanted } = facts
  if (wanted.length === 0) return undefined
  const { scopes } = rightsOf(claims)
  const missing = wanted.filter((scope) => !scopes.includes(scope))
  if (missing.length === 0) return passes(`It has ${listed(wanted)}, which the route asks for.`)
  return fails('scope_missing', have(facts, missing), adviceFor(facts, missing))
}

function have({ claims, scopes: wanted }: Facts, missing: readonly string[]): string {
  const { scopes, permissions } = rightsOf(claims)
  const rest = permissions === undefined ? '' : ` “permissions” has ${listed(permissions)}.`
  return `It lacks ${listed(missing)}. The route needs ${listed(wanted)}; “scope” has ${listed(scopes)}.${rest}`
}

function adviceFor(facts: Facts, missing: readonly string[]): string {
  const {
    claims,
    audiences: [audience],
  } = facts
  const names = missing.join(' ')
  if (isMachineToken(claims))
    return `An application gets what its client grant says, whatever it asks for. Add ${names} to the grant (${grantPlace(facts)}${audience === undefined ? '' : `, for ${audience}`}), then get a new token.`
  const { permissions } = rightsOf(claims)
  if (permissions !== undefined && missing.every((scope) => permissions.includes(scope)))
    return `The user may, but the application did not ask for it: put ${names} into “scope” when it logs in, or let the route ask for permissions instead.`
  return [
    `Put ${names} into “scope” when the application logs in.`,
    'With RBAC on, the user needs a role with that permission, too; an application of others needs the user’s consent.',
    'Then get a new token: this one does not change.',
  ].join(' ')
}
