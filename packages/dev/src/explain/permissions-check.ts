import type { Facts } from './facts.js'
import { type Finding, fails, note, passes } from './finding.js'
import { rightsOf } from './rights.js'
import { apiSettingsPlace, grantPlace } from './setting-places.js'
import { isMachineToken } from './token-kind.js'
import { listed } from './words.js'

/** `permissions`, which people take for `scope`: what the route asks for, and what the token allows at all. */
export function permissionsCheck(facts: Facts): Finding {
  const { claims, permissions: wanted, known } = facts
  const { scopesOfApi, permissions } = rightsOf(claims)
  const lacking = wanted.filter((permission) => permissions?.includes(permission) !== true)
  if (lacking.length > 0) return missing(lacking, facts)
  const all = [...new Set([...scopesOfApi, ...(permissions ?? [])])]
  if (all.length === 0)
    return note('It allows nothing: a route that asks for a permission answers 403.', nothingAdvice(facts))
  const unknown = known.api === undefined ? [] : all.filter((one) => known.api?.permissions.includes(one) !== true)
  if (unknown.length > 0) return note(`${listed(unknown)}: ${known.api?.name} has no such permission by now.`)
  const beyond = permissions?.filter((permission) => !scopesOfApi.includes(permission)) ?? []
  if (beyond.length > 0)
    return note(
      `“scope” has ${listed(scopesOfApi)}; “permissions” has also ${listed(beyond)}. Scope is what the application asked for, permissions all that the user may.`,
      'A route that asks for a scope looks at the first, one that asks for a permission at the second.',
    )
  return passes(`It allows ${listed(all)}.`)
}

function nothingAdvice(facts: Facts): string {
  const {
    claims,
    known: { api },
  } = facts
  if (api?.isRbac === true)
    return 'RBAC is on: give the user the permission, by a role or directly, and let the application ask for it in “scope”.'
  if (api === undefined && isMachineToken(claims))
    return `Choose permissions in the client grant of the application (${grantPlace(facts)}).`
  return 'Let the application ask for the permission in “scope”, or choose it in its grant.'
}

function missing(lacking: readonly string[], facts: Facts): Finding {
  const { claims, permissions: wanted } = facts
  const { scopes, permissions } = rightsOf(claims)
  const has = permissions === undefined ? 'there is no “permissions” claim' : `“permissions” has ${listed(permissions)}`
  return fails(
    'permission_missing',
    `It lacks ${listed(lacking)}. The route needs ${listed(wanted)}; ${has}, “scope” has ${listed(scopes)}.`,
    [...mends(facts, permissions, lacking)].join(' '),
  )
}

function* mends(
  facts: Facts,
  permissions: readonly string[] | undefined,
  lacking: readonly string[],
): Generator<string> {
  const { claims } = facts
  if (permissions === undefined)
    yield `Turn on RBAC and “Add Permissions in the Access Token” for the API (${apiSettingsPlace(facts)}).`
  if (isMachineToken(claims)) yield `Add ${listed(lacking)} to the application’s client grant.`
  else if (permissions?.length === 0 && claims['org_id'] !== undefined)
    yield 'It was issued in an organization: there the roles of the member count. Assign the role to the user in that organization.'
  else yield `Give the user a role with ${listed(lacking)}.`
  yield 'Then get a new token: this one does not change.'
}
