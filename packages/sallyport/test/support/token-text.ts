import type { Harness } from './harness.js'

/** The JOSE header of a good token as JSON text, for tests that change the text itself. */
export function headerText({ issuer }: Harness, extra: object = {}): string {
  return JSON.stringify({ alg: 'RS256', kid: issuer.currentKey().kid, typ: 'at+jwt', ...extra })
}

/** The claims of a good token as JSON text. */
export function claimsText({ clock, issuer: { audience, issuer } }: Harness, extra: object = {}): string {
  const now = clock.nowSeconds()
  return JSON.stringify({ iss: issuer, aud: audience, sub: 'user', iat: now, exp: now + 60, ...extra })
}
