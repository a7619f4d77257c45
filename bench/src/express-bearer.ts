import type { Request, Response } from 'express'
import { auth } from 'express-oauth2-jwt-bearer'
import type { BenchIssuer } from './issuer.ts'
import { freshString } from './token-file.ts'
import type { Verifier } from './verifiers.ts'

/**
 * express-oauth2-jwt-bearer has no verify function of its own: its middleware is called with the members of a request
 * that it reads. It fetches the key set from the issuer, once.
 */
export function createExpressBearer({ issuer, audience, algorithm, jwksUri }: BenchIssuer): Verifier {
  const middleware = auth({ issuer, audience, jwksUri, tokenSigningAlg: algorithm })
  const response = {} as Response
  return (token) => {
    const request = minimalRequest(`Bearer ${freshString(token)}`)
    return async () => {
      await middleware(request, response, throwGiven)
      return request.auth
    }
  }
}

function throwGiven(error?: unknown): void {
  if (error !== undefined) throw error
}

function minimalRequest(authorization: string): Request {
  const headers = { host: 'api.example.com', accept: '*/*', authorization, connection: 'keep-alive' }
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
