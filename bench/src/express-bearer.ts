import type { Request, Response } from 'express'
import { auth } from 'express-oauth2-jwt-bearer'
import type { BoundClient, BoundRequest } from './bound-client.ts'
import type { BenchIssuer, IssuerFacts } from './issuer.ts'
import { freshString } from './token-file.ts'
import type { Verifier } from './verifiers.ts'

/**
 * express-oauth2-jwt-bearer has no verify function of its own: its middleware is called with the members of a request
 * that it reads. It fetches the key set from the issuer, once.
 */
export function createExpressBearer(issuer: BenchIssuer): Verifier {
  const guard = createGuard(issuer)
  return (token) => guard({ authorization: `Bearer ${freshString(token)}` })
}

/** DPoP is allowed by default. */
export function createExpressDpop({ issuer }: BoundClient): (request: BoundRequest) => () => unknown {
  const guard = createGuard(issuer)
  return ({ token, proof }) => guard({ authorization: `DPoP ${freshString(token)}`, dpop: freshString(proof) })
}

function createGuard({ issuer, audience, algorithm, jwksUri }: Omit<IssuerFacts, 'publicKeyPem'>) {
  const middleware = auth({ issuer, audience, jwksUri, tokenSigningAlg: algorithm })
  const response = {} as Response
  return (credentials: Readonly<Record<string, string>>) => {
    const request = minimalRequest(credentials)
    return async () => {
      await middleware(request, response, throwGiven)
      return request.auth
    }
  }
}

function throwGiven(error?: unknown): void {
  if (error !== undefined) throw error
}

function minimalRequest(credentials: Readonly<Record<string, string>>): Request {
  const headers = { host: 'api.example.com', accept: '*/*', ...credentials, connection: 'keep-alive' }
  const request = {
    method: 'GET',
    url: '/messages',
    originalUrl: '/messages',
    protocol: 'http',
    headers,
    query: {},
    get: (name: string) => (name === 'Host' ? headers.host : undefined),
    is: () => false,
  }
  return request as unknown as Request
}
