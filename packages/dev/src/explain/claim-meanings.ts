import { spanOf } from './durations.js'
import type { Known } from './facts.js'

/** What the meanings go by. */
export interface ClaimSurroundings {
  readonly nowSeconds: number
  readonly known: Known
}

type Meaning = (value: unknown, surroundings: ClaimSurroundings) => string

const time =
  (what: string): Meaning =>
  (value, { nowSeconds }) => {
    const date = new Date(Number(value) * 1000)
    if (Number.isNaN(date.getTime())) return `${what}, but it is not a time.`
    const away = Number(value) - nowSeconds
    const when = away < 0 ? `${spanOf(away)} ago` : `in ${spanOf(away)}`
    return `${what}: ${date.toISOString().replace('.000Z', ' UTC').replace('T', ' ')}, ${when}.`
  }

const client: Meaning = (value, { known }) =>
  known.clientName === undefined
    ? 'The application that got it.'
    : `The application that got it: ${known.clientName(String(value)) ?? 'not known here'}.`

const subject: Meaning = (value, { known }) => {
  const id = String(value)
  if (known.subject === undefined)
    return id.endsWith('@clients') ? 'An application itself: no user is involved.' : 'Whom it is about.'
  return known.subject(id) ?? 'Whom it is about: nobody that this tenant knows by now.'
}

const organization: Meaning = (value, { known }) =>
  known.organizationName === undefined
    ? 'The organization that the user logged in to.'
    : `The organization that the user logged in to: ${known.organizationName(String(value)) ?? 'not known here'}.`

/** What each claim says. */
const meanings: Readonly<Record<string, Meaning>> = {
  iss: () => 'Who has issued it.',
  sub: subject,
  aud: () => 'Which APIs may take it.',
  iat: time('Issued at'),
  exp: time('Expires'),
  nbf: time('Not good before'),
  auth_time: time('The user logged in'),
  azp: client,
  client_id: client,
  scope: () => 'What the application may do, as far as it asked for it. Words between spaces.',
  permissions: () => 'What the subject may do at this API, by RBAC.',
  gty: () => 'How the application got it: Auth0’s name for the grant type.',
  jti: () => 'The name of this one token.',
  cnf: () => 'What it is bound to. “jkt” is the thumbprint of a key: each request needs a proof with that key.',
  act: () => 'Who acts for the subject: the chain of a token exchange.',
  org_id: organization,
  org_name: () => 'The name of that organization.',
  nonce: () => 'Of an ID token: ties it to the login that the application began.',
  at_hash: () => 'Of an ID token: the hash of the access token beside it.',
  sid: () => 'The session in which the user logged in.',
  typ: () => 'The type: JWT, or at+jwt for an access token by RFC 9068.',
  alg: () => 'The algorithm of the signature.',
  kid: () => 'Which key has signed it.',
}

export function meaningOf(name: string, value: unknown, surroundings: ClaimSurroundings): string {
  const meaning = Object.hasOwn(meanings, name) ? meanings[name] : undefined
  return meaning?.(value, surroundings) ?? 'A claim of the application’s own.'
}
