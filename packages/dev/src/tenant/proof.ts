import { createHmac, randomBytes } from 'node:crypto'
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose'
import { sha256 } from './identifiers.js'
import { failure } from './oauth-error.js'
import { createOnce, type Once, oncePerTenant } from './once.js'
import type { TenantContext } from './tenant-context.js'

/** The proofs that a client sends to this tenant. */
export interface Proofs {
  /**
   * @returns The thumbprint of the client's key, or `undefined` without a proof.
   * @throws {OAuthFailure} `invalid_dpop_proof`, `use_dpop_nonce`.
   * @see RFC 9449 section 5
   */
  verify(request: ProvenRequest): Promise<string | undefined>
}

interface ProvenRequest {
  readonly proof: string | undefined
  readonly method: string
  /** Without query and fragment. */
  readonly uri: string
  /** Auth0 asks public clients for a nonce. */
  readonly nonceWanted: boolean
  /** That the proof comes with, at a resource. */
  readonly accessToken?: string
}

/** The proofs of all endpoints of a tenant, which share nonces. */
export const proofsOf: (context: TenantContext) => Proofs = oncePerTenant(({ clock }) =>
  createProofs(clock.nowSeconds, createOnce<true>(clock.nowSeconds)),
)

const algorithms = ['ES256', 'ES384', 'ES512', 'PS256', 'RS256', 'EdDSA', 'Ed25519']
const maxAgeSeconds = 300
const noncePeriodSeconds = 300

function createProofs(nowSeconds: () => number, used: Once<true>): Proofs {
  const secret = randomBytes(32)
  const nonceOf = (period: number) => createHmac('sha256', secret).update(String(period)).digest('base64url')
  const nonces = () => {
    const period = Math.floor(nowSeconds() / noncePeriodSeconds)
    return { newest: nonceOf(period), accepted: [nonceOf(period), nonceOf(period - 1)] }
  }

  function checkNonce(nonce: unknown, nonceWanted: boolean): void {
    const { newest, accepted } = nonces()
    if (nonce === undefined ? nonceWanted : !accepted.includes(nonce as string)) throw failure.nonceWanted(newest)
  }

  function checkOnce(jkt: string, jti: unknown): void {
    if (typeof jti !== 'string' || jti === '' || jti.length > 256) throw failure.badProof('jti is not acceptable')
    if (used.peek(`${jkt} ${jti}`)) throw failure.badProof('jti was used before')
    used.put(`${jkt} ${jti}`, true, 2 * maxAgeSeconds)
  }

  async function verify({ proof, method, uri, nonceWanted, accessToken }: ProvenRequest): Promise<string | undefined> {
    if (proof === undefined) return undefined
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms,
      currentDate: new Date(nowSeconds() * 1000),
    }).catch(() => {
      throw failure.badProof('Failed to validate DPoP proof')
    })
    const { htm, htu, iat, jti, nonce, ath } = payload
    if (htm !== method) throw failure.badProof('htm does not match the request method')
    if (withoutQuery(htu) !== uri) throw failure.badProof('htu does not match the request URI')
    if (typeof iat !== 'number' || Math.abs(nowSeconds() - iat) > maxAgeSeconds)
      throw failure.badProof('iat is not acceptable')
    if (accessToken !== undefined && ath !== sha256(accessToken))
      throw failure.badProof('ath does not match the access token')
    checkNonce(nonce, nonceWanted)
    const jkt = await calculateJwkThumbprint(protectedHeader.jwk ?? {})
    checkOnce(jkt, jti)
    return jkt
  }

  return { verify }
}

/** RFC 9449 section 4.3: query and fragment do not count. */
function withoutQuery(htu: unknown): string | undefined {
  if (typeof htu !== 'string' || !URL.canParse(htu)) return undefined
  const { origin, pathname } = new URL(htu)
  return origin + pathname
}
