import { Agent, fetch as undiciFetch } from 'undici'
import { describe, expect, it } from 'vitest'
import { type Certificate, createCertificate, daysFromNow } from '../support/certificate.js'
import { createHarness } from '../support/harness.js'
import { createHostileHarness, eventually } from '../support/hostile-harness.js'
import { hangUp, json, jwksPath, metadataPath, reset, unusedPort } from '../support/hostile-server.js'

const unreachable: readonly { readonly trouble: string; readonly origin: () => Promise<string> }[] = [
  { trouble: 'a name that does not exist', origin: async () => 'https://nowhere.test' },
  { trouble: 'a port that refuses', origin: async () => `http://127.0.0.1:${await unusedPort()}` },
  { trouble: 'TLS to a port that refuses', origin: async () => `https://localhost:${await unusedPort()}` },
]

describe('H. Broken connections', () => {
  it.each(unreachable)('H04 answers 503 for $trouble', async ({ origin }) => {
    const issuer = `${await origin()}/`
    const harness = await createHarness({
      algorithms: ['ES256'],
      testIssuer: { algorithm: 'ES256', issuer },
      fetch: globalThis.fetch,
    })
    expect(await harness.outcome(await harness.issuer.token())).toBe('U')
  })

  it.each([
    { trouble: 'RST', path: metadataPath, behaviour: reset },
    { trouble: 'RST', path: jwksPath, behaviour: reset },
    { trouble: 'a closed connection', path: metadataPath, behaviour: hangUp },
    { trouble: 'a closed connection', path: jwksPath, behaviour: hangUp },
  ])('H04 answers 503 for $trouble instead of $path, and recovers', async ({ path, behaviour }) => {
    const { clock, goodKeys, issuer, outcome, server } = await createHostileHarness()
    const good =
      path === jwksPath ? json(goodKeys) : json({ issuer: server.issuer, jwks_uri: `${server.issuer}jwks.json` })
    server.on(path, behaviour)
    expect(await outcome(await issuer.token())).toBe('U')
    server.on(path, good)
    clock.advance(2)
    expect(await outcome(await issuer.token())).toBe('A')
  })

  it.each([
    { trouble: 'RST', behaviour: reset },
    { trouble: 'a closed connection', behaviour: hangUp },
  ])('H04 serves the stale set for $trouble', async ({ behaviour }) => {
    const { clock, events, issuer, outcome, server } = await createHostileHarness()
    expect(await outcome(await issuer.token())).toBe('A')
    server.on(jwksPath, behaviour)
    clock.advance(700)
    expect(await outcome(await issuer.token())).toBe('A')
    await eventually(() => events.some(({ type }) => type === 'keys.refresh_failed'))
    expect(await outcome(await issuer.token())).toBe('A')
  })
})

describe('H. TLS', () => {
  const good = createCertificate({ host: 'localhost' })
  const certificates: readonly { trouble: string; wanted: string; tls: Certificate; isTrusted: boolean }[] = [
    { trouble: 'good', wanted: 'A', tls: good, isTrusted: true },
    { trouble: 'self-signed', wanted: 'U', tls: good, isTrusted: false },
    {
      trouble: 'expired',
      wanted: 'U',
      tls: createCertificate({ host: 'localhost', notAfter: daysFromNow(-1) }),
      isTrusted: true,
    },
    {
      trouble: 'not yet valid',
      wanted: 'U',
      tls: createCertificate({ host: 'localhost', notBefore: daysFromNow(1) }),
      isTrusted: true,
    },
    { trouble: "another host's", wanted: 'U', tls: createCertificate({ host: 'another.test' }), isTrusted: true },
  ]

  it.each(certificates)('H04 gives $wanted for a certificate that is $trouble', async ({ wanted, tls, isTrusted }) => {
    const fetch = isTrusted ? fetchTrusting(tls.cert) : globalThis.fetch
    const { issuer, outcome, server } = await createHostileHarness({ fetch }, { tls })
    expect(await outcome(await issuer.token())).toBe(wanted)
    expect(server.requests()).toBe(wanted === 'A' ? 2 : 0)
  })
})

/** A `fetch` that trusts one more certificate. */
function fetchTrusting(ca: string): typeof fetch {
  const dispatcher = new Agent({ connect: { ca } })
  return ((input: string, init: object) => undiciFetch(input, { ...init, dispatcher })) as unknown as typeof fetch
}
