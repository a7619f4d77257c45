import type { Facts } from './facts.js'
import { type Finding, fails, passes, unknown } from './finding.js'
import { shown } from './words.js'

/** `iss`, letter by letter. RFC 8725 section 3.8. */
export function issuerCheck({ claims: { iss }, issuers, known }: Facts): Finding {
  const [issuer] = issuers
  if (typeof iss !== 'string') return fails('issuer_refused', 'It does not say who has issued it (no “iss”).')
  if (issuer === undefined)
    return unknown(
      `It says that it is from ${shown(iss)}`,
      'Say which issuer the API trusts: --domain, or AUTH0_DOMAIN.',
    )
  if (issuers.includes(iss)) return passes(`From ${known.issuerName}, ${iss}`)
  const text = `It is from ${shown(iss)}, not from ${issuers.join(' or ')}`
  if (!URL.canParse(iss)) return fails('issuer_refused', text, 'An issuer is a URL.')
  const difference = differences.find(([applies]) => applies(sides(iss, issuer)))
  return fails('issuer_refused', text, difference?.[1](sides(iss, issuer)))
}

interface Sides {
  readonly iss: string
  readonly issuer: string
  readonly theirs: URL
  readonly own: URL
}

function sides(iss: string, issuer: string): Sides {
  return { iss, issuer, theirs: new URL(iss), own: new URL(issuer) }
}

type Difference = readonly [applies: (sides: Sides) => boolean, advice: (sides: Sides) => string]

/** What people get wrong about issuers; the first that applies is it. */
const differences: readonly Difference[] = [
  [
    ({ iss, issuer }) => `${iss}/` === issuer,
    () => 'Only the slash at the end is missing: issuers are compared letter by letter.',
  ],
  [({ iss, issuer }) => iss === `${issuer}/`, () => 'It has a slash at the end that the API’s issuer does not have.'],
  [
    ({ iss, issuer }) => iss.toLowerCase() === issuer.toLowerCase(),
    () => 'Only capital letters differ: issuers are compared letter by letter.',
  ],
  [
    ({ theirs, own }) => theirs.host === own.host && theirs.protocol !== own.protocol,
    ({ theirs, own }) => `Only the scheme differs: ${theirs.protocol} instead of ${own.protocol}`,
  ],
  [
    ({ theirs, own }) => theirs.host === own.host,
    () => 'The host is the same and the path differs: give the issuer as its tokens spell it.',
  ],
  [
    ({ theirs, own }) => isLoopback(theirs) && isLoopback(own),
    () => 'Both are on this machine: it comes from a tenant on another port, or under another name for it.',
  ],
  [
    ({ theirs, own }) => isAuth0(theirs) && isAuth0(own) && tenantOf(theirs) === tenantOf(own),
    ({ theirs }) =>
      `The tenant has the same name, but is in another region. Set AUTH0_DOMAIN=${theirs.host} if that is yours.`,
  ],
  [
    ({ theirs, own }) => isAuth0(theirs) && isAuth0(own),
    ({ theirs }) =>
      `That is another tenant. Get a token from the API’s own, or point the API to the other one: AUTH0_DOMAIN=${theirs.host}`,
  ],
  [
    ({ theirs, own }) => (isAuth0(theirs) || isAuth0(own)) && !isLoopback(theirs) && !isLoopback(own),
    ({ theirs }) =>
      `Perhaps the tenant has a custom domain: “iss” is the domain that the application logs in at. Get the token from the API’s own, or point the API to the other one: AUTH0_DOMAIN=${theirs.host}`,
  ],
  [
    () => true,
    ({ theirs }) =>
      `Get a token from the API’s own issuer, or point the API to the other one: AUTH0_DOMAIN=${theirs.host}`,
  ],
]

function isLoopback({ hostname }: URL): boolean {
  return /^(?:localhost|.*\.localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/.test(hostname)
}

function isAuth0({ hostname }: URL): boolean {
  return hostname.endsWith('.auth0.com')
}

function tenantOf({ hostname }: URL): string | undefined {
  return hostname.split('.')[0]
}
