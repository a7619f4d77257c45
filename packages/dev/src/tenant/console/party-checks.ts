import { userinfoAudience } from '../tenant-context.js'
import type { Finding, TokenFacts } from './inspect-token.js'

/** `iss`, letter by letter. */
export function issuerCheck({ claims, context }: TokenFacts): Finding {
  const { iss } = claims
  const { issuer } = context
  if (iss === issuer) return { verdict: 'passes', text: `From this tenant, ${issuer}` }
  if (typeof iss !== 'string') return { verdict: 'fails', text: 'It does not say who has issued it (no “iss”).' }
  return { verdict: 'fails', text: `It is from ${shown(iss)}, not from ${issuer}`, advice: issuerAdvice(iss, issuer) }
}

function issuerAdvice(iss: string, issuer: string): string {
  if (`${iss}/` === issuer) return 'Only the slash at the end is missing: issuers are compared letter by letter.'
  if (!URL.canParse(iss)) return 'An issuer is a URL.'
  const [theirs, own] = [new URL(iss), new URL(issuer)]
  if (theirs.host === own.host && theirs.protocol !== own.protocol)
    return `Only the scheme differs: ${theirs.protocol} instead of ${own.protocol}`
  if (isLoopback(theirs) && isLoopback(own))
    return 'Both are on this machine: it comes from a tenant on another port, or under another name for it.'
  return 'Get a token from this tenant, or point the API to the other one.'
}

function isLoopback({ hostname }: URL): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
}

/** `aud`, with the mistakes that everybody makes once. */
export function audienceCheck(facts: TokenFacts): Finding {
  const { claims, api, context } = facts
  const audiences = [claims['aud'] ?? []].flat().filter((one) => typeof one === 'string')
  if (audiences.includes(api.identifier)) {
    const others = audiences.filter((one) => one !== api.identifier).map(shown)
    const also = others.length === 0 ? '' : `, and for ${others.join(' and ')}`
    return { verdict: 'passes', text: `For ${api.identifier}${also}` }
  }
  if (audiences.length === 0) return { verdict: 'fails', text: 'It does not say which API it is for (no “aud”).' }
  const text = `It is for ${audiences.map(shown).join(' and ')}, not for ${api.identifier}`
  const [first = ''] = audiences
  if (audiences.every((one) => one === userinfoAudience(context)))
    return { verdict: 'fails', text, advice: 'It is for /userinfo alone. Ask for the API as audience.' }
  return { verdict: 'fails', text, advice: audienceAdvice(first, facts) }
}

function audienceAdvice(audience: string, { api: { identifier }, context }: TokenFacts): string {
  if (audience === `${identifier}/`) return 'It has a slash at the end that the API’s identifier does not have.'
  if (`${audience}/` === identifier) return 'The API’s identifier has a slash at the end that it does not have.'
  if (audience.toLowerCase() === identifier.toLowerCase()) return 'Only capital letters differ: they count.'
  const other = context.state.resourceServers.list().find((one) => one.identifier === audience)
  if (other !== undefined)
    return `That is ${other.name}, another API of this tenant: choose it below to check against it.`
  return 'No API of this tenant has that identifier. Ask for the right audience.'
}

function shown(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text
}
