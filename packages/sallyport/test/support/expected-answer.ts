import { expect } from 'vitest'
import {
  type Answer,
  createResourceServer,
  type DpopMode,
  type ErrorProfile,
  type ResourceServer,
  type SallyportEvent,
  type Scheme,
} from '../../src/index.js'
import type { Harness } from './harness.js'

/** `admitted`, or the code of the refusal and the schemes whose challenges name its error: `proof_missing DPoP`. */
export type Cell = string
export type Cells = readonly [allowed: Cell, required: Cell, disabled: Cell]

/** Statuses and error of a kind of refusals, and the description of each. */
type Kind = readonly [rfc: number, auth0: number, error: string, descriptions: Readonly<Record<string, string>>]

const kinds: readonly Kind[] = [
  [
    401,
    400,
    'invalid_request',
    {
      credentials_missing: 'The request has no access token.',
      scheme_unsupported: 'The request has no access token in a supported authentication scheme.',
      proof_missing: 'The request has no DPoP proof.',
    },
  ],
  [
    400,
    400,
    'invalid_request',
    {
      credentials_malformed: 'The Authorization header is malformed.',
      credentials_repeated: 'The request has more than one Authorization header.',
      credentials_twice: 'The request sends an access token in more than one way.',
      request_target_refused: 'The request target or the Host header is malformed.',
      proof_with_bearer: 'The request sends a DPoP proof with the Bearer scheme.',
    },
  ],
  [
    401,
    401,
    'invalid_token',
    {
      token_malformed: 'The access token is not a well-formed JWT.',
      token_too_large: 'The access token is larger than 8 KiB.',
      signature_invalid: 'The access token is invalid or expired.',
      bound_token_as_bearer: 'The access token is bound to a key and must be sent with the DPoP scheme.',
      token_not_bound: 'The access token is not bound to a key and must be sent with the Bearer scheme.',
      proof_key_mismatch: 'The access token is bound to another key than that of the DPoP proof.',
    },
  ],
  [403, 403, 'insufficient_scope', { scope_missing: 'The access token lacks a required scope.' }],
  [
    401,
    400,
    'invalid_dpop_proof',
    {
      proof_repeated: 'The request has more than one DPoP header.',
      proof_too_large: 'The DPoP proof is larger than 4 KiB.',
      proof_malformed: 'The DPoP proof is not a well-formed JWT.',
      proof_type_refused: 'The type of the DPoP proof is not dpop+jwt.',
      proof_token_mismatch: 'The ath of the DPoP proof does not match the access token.',
    },
  ],
]

export const modes = ['allowed', 'required', 'disabled'] as const satisfies readonly DpopMode[]
const profiles = ['rfc', 'auth0'] as const satisfies readonly ErrorProfile[]
const offers: Readonly<Record<DpopMode, readonly Scheme[]>> = {
  allowed: ['Bearer', 'DPoP'],
  required: ['DPoP'],
  disabled: ['Bearer'],
}
const challengesWithoutError: Readonly<Record<Scheme, string>> = {
  Bearer: 'Bearer realm="api"',
  DPoP: 'DPoP algs="ES256 EdDSA"',
}

/** The whole answer, header for header. */
export function answerOf(cell: Cell, mode: DpopMode, profile: ErrorProfile): Answer {
  const [code = '', ...named] = cell.split(' ')
  const [rfc, auth0, error, descriptions] = kinds.find((kind) => code in kind[3]) ?? expect.unreachable(code)
  const description = descriptions[code] ?? ''
  const scope = code === 'scope_missing' ? ', scope="a b"' : ''
  const parameters = `, error="${error}", error_description="${description}"${scope}`
  const challenges = offers[mode].map(
    (scheme) => challengesWithoutError[scheme] + (named.includes(scheme) ? parameters : ''),
  )
  const isNamed = named.length > 0 || profile === 'auth0'
  const body = { ...(isNamed ? { error } : {}), error_description: description }
  return {
    status: { rfc, auth0 }[profile],
    headers: { 'cache-control': 'no-store', 'www-authenticate': challenges },
    body: profile === 'auth0' ? { detail: body } : body,
  }
}

/** A resource server of one mode and profile, and what its events say. */
export interface Door {
  readonly mode: DpopMode
  readonly profile: ErrorProfile
  readonly api: ResourceServer
  readonly events: readonly SallyportEvent[]
}

/** One of each mode and profile, in front of the harness's issuer. */
export function openDoors(harness: Harness): readonly Door[] {
  return modes.flatMap((mode) => profiles.map((profile) => openDoor(harness, mode, profile)))
}

function openDoor({ issuer, clock }: Harness, mode: DpopMode, profile: ErrorProfile): Door {
  const events: SallyportEvent[] = []
  const api = createResourceServer({
    issuer: issuer.issuer,
    audience: issuer.audience,
    fetch: issuer.fetch,
    clock,
    algorithms: ['ES256'],
    dpop: mode,
    errorProfile: profile,
    onEvent: (event) => events.push(event),
  })
  return { mode, profile, api, events }
}
