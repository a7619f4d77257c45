import type { CliFailure } from '../failure.js'
import { postForm, type TenantAnswer } from './post-form.js'
import type { ProofKey } from './proof-key.js'
import { refusalOf } from './refusals.js'
import type { WantedToken } from './wanted-token.js'

/** What asks a tenant for tokens, and remembers the nonce that the tenant gave last. */
export interface TokenEndpoint {
  /** The answer, whatever it is. @throws {CliFailure} `unreachable` */
  ask(fields: Readonly<Record<string, string | undefined>>): Promise<TenantAnswer>
  /** What an answer that is no token means. */
  failure(answer: TenantAnswer): CliFailure
}

export function createTokenEndpoint(
  wanted: WantedToken,
  { key, signal }: { readonly key: ProofKey | undefined; readonly signal: AbortSignal },
): TokenEndpoint {
  const url = `${wanted.issuer}oauth/token`
  let nonce: string | undefined

  async function send(fields: Readonly<Record<string, string | undefined>>): Promise<TenantAnswer> {
    const dpop = await key?.prove({ method: 'POST', url, nonce })
    const answer = await postForm(url, { fields, signal, ...(dpop === undefined ? {} : { headers: { dpop } }) })
    nonce = answer.headers.get('dpop-nonce') ?? nonce
    return answer
  }

  return {
    ask: async (fields) => {
      const before = nonce
      const answer = await send(fields)
      // RFC 9449 section 8: once, with the nonce of the answer.
      const isAsked = answer.body?.['error'] === 'use_dpop_nonce' && nonce !== before
      return isAsked && key !== undefined ? send(fields) : answer
    },
    failure: (answer) => refusalOf(answer, { ...wanted, hasProof: key !== undefined }),
  }
}
