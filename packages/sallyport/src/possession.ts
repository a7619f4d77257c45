import { type CheckedProof, createProofCheck } from './dpop/proof.js'
import { createReplayClaim } from './dpop/replay.js'
import { RequestRefused } from './errors.js'
import type { ResolvedOptions } from './options.js'
import { checkCertificate } from './request/client-certificate.js'
import type { Credentials, ProtectedRequest } from './request/credentials.js'
import { targetUri } from './request/target-uri.js'
import { acceptedAudience } from './token/claims.js'
import type { Binding } from './token/confirmation.js'
import type { VerifiedToken } from './token/verified-tokens.js'
import { whenReady } from './when-ready.js'

/** What a bound token needs besides being valid: that its sender holds the key, the certificate, or both. */
export interface Possession {
  /**
   * Checks what the request shows against what the token is bound to.
   * @returns `undefined` when the token is bound to no DPoP key.
   */
  prove(
    token: VerifiedToken,
    credentials: Credentials,
    request: ProtectedRequest,
  ): CheckedProof | undefined | Promise<CheckedProof | undefined>
  /** Uses the proof up. */
  claim(proof: CheckedProof, token: VerifiedToken): void | Promise<void>
}

export function createPossession(options: ResolvedOptions): Possession {
  const checkProof = createProofCheck(options.dpop)
  const claimProof = createReplayClaim(options.dpop)

  function proofOf(binding: Binding | undefined, credentials: Credentials): DpopBinding | undefined {
    if (credentials.scheme === 'DPoP') {
      if (binding?.jkt === undefined) throw new RequestRefused('token_not_bound')
      return { jkt: binding.jkt, ath: binding.ath, proof: credentials.proof }
    }
    // RFC 9449 section 7.2: a bound token that anyone could send as a bearer token would be bound to nothing.
    if (binding?.jkt !== undefined) throw new RequestRefused('bound_token_as_bearer')
    return undefined
  }

  return {
    prove: ({ binding }, credentials, request) => {
      if (binding === undefined && credentials.scheme === 'Bearer') return undefined
      const dpop = proofOf(binding, credentials)
      const certificate = binding?.certificate
      const shown = certificate === undefined ? undefined : checkCertificate(certificate, request, options)
      return whenReady(shown, () => {
        if (dpop === undefined) return undefined
        const { jkt, ath, proof } = dpop
        return checkProof(proof, { jkt, ath, method: request.method, targetUri: () => targetUri(request, options) })
      })
    },
    claim: (proof, { auth }) => claimProof(proof, acceptedAudience(auth.claims.aud, options.audiences)),
  }
}

interface DpopBinding {
  readonly jkt: string
  readonly ath: string
  readonly proof: string
}
