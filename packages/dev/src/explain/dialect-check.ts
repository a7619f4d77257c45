import type { Facts } from './facts.js'
import { type Finding, note, passes } from './finding.js'
import { typeOf } from './token-kind.js'

const advice = 'It was made before the setting changed, or by another issuer.'

/** Whether the token looks as the API's dialect says; nothing where that is not known. */
export function dialectCheck({ header, claims, known: { api } }: Facts): Finding | undefined {
  if (api === undefined) return undefined
  const { dialect, isRbac } = api
  const isProfile = typeOf(header) === 'at+jwt'
  const seen = isProfile ? 'rfc9068_profile' : 'access_token'
  if (isProfile !== dialect.startsWith('rfc9068_profile'))
    return note(`It is in the dialect ${seen}; the API is set to ${dialect}.`, advice)
  if (isProfile && (claims['client_id'] === undefined || claims['jti'] === undefined))
    return note('A token of the type at+jwt needs “client_id” and “jti” (RFC 9068 section 2.2).', advice)
  if (isRbac && dialect.endsWith('_authz') && claims['permissions'] === undefined)
    return note(`The dialect ${dialect} has a “permissions” claim where RBAC is on; this has none.`, advice)
  return passes(`${dialect}, as the API is set.`)
}
