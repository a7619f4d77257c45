import { wordsOf } from '../form.js'
import type { Finding, TokenFacts } from './inspect-token.js'

const openIdScopes = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access']

/** `scope` and `permissions`, which people take for the same. */
export function permissionsCheck({ claims, api }: TokenFacts): Finding {
  const scopes = wordsOf(typeof claims['scope'] === 'string' ? claims['scope'] : undefined)
  const ofApi = scopes.filter((scope) => !openIdScopes.includes(scope))
  const permissions = Array.isArray(claims['permissions']) ? claims['permissions'].map(String) : undefined
  const all = [...new Set([...ofApi, ...(permissions ?? [])])]
  const unknown = all.filter((one) => !api.scopes.some(({ value }) => value === one))
  if (all.length === 0)
    return {
      verdict: 'note',
      text: 'It allows nothing: a route that asks for a permission answers 403.',
      advice: api.enforce_policies
        ? 'RBAC is on: give the user the permission, by a role or directly, and let the application ask for it in “scope”.'
        : 'Let the application ask for the permission in “scope”, or choose it in its grant.',
    }
  if (unknown.length > 0)
    return {
      verdict: 'note',
      text: `${listed(unknown)}: ${api.name} has no such permission by now.`,
    }
  const missing = permissions?.filter((permission) => !ofApi.includes(permission)) ?? []
  if (missing.length > 0)
    return {
      verdict: 'note',
      text: `“scope” has ${listed(ofApi)}; “permissions” has also ${listed(missing)}. Scope is what the application asked for, permissions all that the user may.`,
      advice: 'A route that asks for a scope looks at the first, one that asks for a permission at the second.',
    }
  return { verdict: 'passes', text: `It allows ${listed(all)}.` }
}

function listed(words: readonly string[]): string {
  return words.length === 0 ? 'nothing' : words.slice(0, 20).join(', ')
}
