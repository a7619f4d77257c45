import { type AlgorithmName, createResourceServer, RequestRefused } from 'sallyport'
import type { Expectations } from '../../explain/facts.js'
import { type Check, fails, passes, unknown } from '../../explain/finding.js'
import type { JsonObject } from '../../explain/json-part.js'
import { bareToken } from '../../explain/pasted-token.js'
import { readProof } from '../../explain/proof/read-proof.js'
import { refusalMeanings } from '../../explain/refusal-meanings.js'
import type { KeySource } from './expectations.js'

interface Undecided {
  readonly token: string
  readonly checks: readonly Check[]
  readonly claims: JsonObject | undefined
  readonly expectations: Expectations
  readonly source: KeySource
}

/**
 * What Sallyport itself decides, run here with the same settings: nothing may be said to be taken that an API refuses. Says
 * nothing where the checks have found a fault already, or where something is missing that only a request has.
 */
export async function decisionCheck(undecided: Undecided): Promise<Check | undefined> {
  const { checks, expectations, source } = undecided
  if (source.kind !== 'fetched' || expectations.audiences.length === 0 || needsMore(undecided)) return undefined
  if (checks.some(({ verdict }) => verdict === 'fails')) return undefined
  const name = 'Sallyport'
  try {
    await decide(undecided, source.documents)
    return { name, ...passes('Run here with these settings, it takes the token.') }
  } catch (error) {
    if (!(error instanceof RequestRefused)) return { name, ...unknown('It could not be run here with these settings.') }
    const { code } = error
    return { name, ...fails(code, `${error.message} ${refusalMeanings[code].meaning}`, refusalMeanings[code].mend) }
  }
}

/** A proof that is missing, a certificate, a nonce: only a real request has them. */
function needsMore({ claims, expectations: { request } }: Undecided): boolean {
  const { jkt, 'x5t#S256': certificate } = Object(claims?.['cnf']) as Readonly<Record<string, unknown>>
  return certificate !== undefined || request.nonce !== undefined || (jkt !== undefined && request.proof === undefined)
}

async function decide(
  { token, expectations }: Undecided,
  { metadata, keySet }: Extract<KeySource, { kind: 'fetched' }>['documents'],
): Promise<void> {
  const { issuers, audiences, algorithms, dpop, clock, scopes, permissions, request } = expectations
  const { proof } = request
  const server = createResourceServer({
    issuer: issuers[0],
    audience: audiences,
    // The options have been checked.
    algorithms: algorithms as readonly AlgorithmName[],
    dpop,
    clock: { epochMilliseconds: () => clock.nowSeconds() * 1000, monotonicMilliseconds: () => performance.now() },
    fetch: async (url) => Response.json(String(url) === metadata['jwks_uri'] ? keySet : metadata),
  })
  const authorization = `${request.scheme ?? 'Bearer'} ${bareToken(token)}`
  const { htm, htu } = proof === undefined ? {} : readProof(proof).claims
  try {
    await server.authenticate(
      {
        method: request.method ?? (typeof htm === 'string' ? htm : 'GET'),
        url: request.url ?? (typeof htu === 'string' ? htu : 'https://api.invalid/'),
        headers: proof === undefined ? { authorization } : { authorization, dpop: proof },
      },
      {
        ...(scopes.length === 0 ? {} : { scopes }),
        ...(permissions.length === 0 ? {} : { permissions }),
      },
    )
  } finally {
    server.close()
  }
}
