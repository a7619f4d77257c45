import { passportJwtSecret } from 'jwks-rsa'
import { ExtractJwt, type StrategyOptionsWithoutRequest, type VerifiedCallback } from 'passport-jwt'
import type { IssuerFacts } from './issuer.ts'

/** What passport-jwt is told on every framework; it has its keys from jwks-rsa. */
export function passportOptions({ issuer, audience, algorithm, jwksUri }: IssuerFacts): StrategyOptionsWithoutRequest {
  return {
    jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
    secretOrKeyProvider: passportJwtSecret({ jwksUri, cache: true, rateLimit: true, jwksRequestsPerMinute: 5 }),
    issuer,
    audience,
    algorithms: [algorithm as 'RS256'],
  }
}

/** The caller is what the token says. */
export function acceptPayload(payload: object, done: VerifiedCallback): void {
  done(null, payload)
}
