import type { Finding, TokenFacts } from './inspect-token.js'

const advice = 'It was made before the setting changed, or by another issuer.'

/** Whether the token looks as the API's dialect says. */
export function dialectCheck({ header, claims, api }: TokenFacts): Finding {
  const { token_dialect: dialect, enforce_policies: isRbac } = api
  const isProfile =
    String(header['typ'] ?? '')
      .toLowerCase()
      .replace(/^application\//, '') === 'at+jwt'
  const seen = isProfile ? 'rfc9068_profile' : 'access_token'
  if (isProfile !== dialect.startsWith('rfc9068_profile'))
    return { verdict: 'note', text: `It is in the dialect ${seen}; the API is set to ${dialect}.`, advice }
  if (isProfile && (claims['client_id'] === undefined || claims['jti'] === undefined))
    return {
      verdict: 'note',
      text: 'A token of the type at+jwt needs “client_id” and “jti” (RFC 9068 section 2.2).',
      advice,
    }
  if (isRbac && dialect.endsWith('_authz') && claims['permissions'] === undefined)
    return {
      verdict: 'note',
      text: `The dialect ${dialect} has a “permissions” claim where RBAC is on; this has none.`,
      advice,
    }
  return { verdict: 'passes', text: `${dialect}, as the API is set.` }
}
