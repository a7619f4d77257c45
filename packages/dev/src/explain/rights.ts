import type { JsonObject } from './json-part.js'
import { wordsIn } from './words.js'

const openIdScopes = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access']

/** What a token allows. */
export interface Rights {
  readonly scopes: readonly string[]
  /** Without those that are about the user and not about an API. */
  readonly scopesOfApi: readonly string[]
  /** `undefined`: there is no such claim, or it is not a list of texts. */
  readonly permissions: readonly string[] | undefined
}

export function rightsOf(claims: JsonObject): Rights {
  const scopes = wordsIn(claims['scope'])
  const { permissions } = claims
  const isList = Array.isArray(permissions) && permissions.every((one): one is string => typeof one === 'string')
  return {
    scopes,
    scopesOfApi: scopes.filter((scope) => !openIdScopes.includes(scope)),
    permissions: isList ? permissions : undefined,
  }
}
