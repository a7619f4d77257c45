import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createResourceServer, InvalidOptions, type ResourceServerOptions } from '../src/index.js'

const valid = { domain: 'tenant.eu.auth0.com', audience: 'https://api.test' }

function refusedOption(options: unknown): string {
  try {
    createResourceServer(options as ResourceServerOptions)
  } catch (error) {
    if (error instanceof InvalidOptions) return `${error.option}: ${error.message}`
    throw error
  }
  return 'accepted'
}

describe('options', () => {
  beforeEach(() => {
    vi.stubEnv('AUTH0_DOMAIN', undefined)
    vi.stubEnv('AUTH0_AUDIENCE', undefined)
    vi.stubEnv('NODE_ENV', 'test')
  })
  afterEach(() => {
    vi.restoreAllMocks()
  })

  it.each<[option: string, options: unknown]>([
    ['domain', { ...valid, domain: 5 }],
    ['domain', { ...valid, domain: '' }],
    ['domain', { ...valid, domain: 'tenant.eu.auth0.com/path' }],
    ['domain', { ...valid, domain: 'http://tenant.eu.auth0.com' }],
    ['domain', { ...valid, domain: 'user@tenant.eu.auth0.com' }],
    ['domain', { ...valid, domain: ' tenant.eu.auth0.com' }],
    ['domain', { ...valid, domain: '10.0.0.1' }],
    ['domain', { ...valid, domain: '0x7f.1' }],
    ['domain', { ...valid, domain: 'intranet' }],
    ['domain', { ...valid, domain: 'tenant..auth0.com' }],
    ['domains', { domains: [], audience: 'a' }],
    ['domains', { domains: 'tenant.eu.auth0.com', audience: 'a' }],
    ['domains', { domains: ['tenant.eu.auth0.com', 'not a host'], audience: 'a' }],
    ['issuer', { ...valid, issuer: 'https://issuer.test/' }],
    ['issuer', { issuer: 'issuer.test', audience: 'a' }],
    ['issuer', { issuer: 'http://issuer.test/', audience: 'a' }],
    ['issuer', { issuer: 'https://user:secret@issuer.test/', audience: 'a' }],
    ['issuer', { issuer: 'https://issuer.test/?x=1', audience: 'a' }],
    ['issuer', { issuer: 'https://issuer.test/#x', audience: 'a' }],
    ['audience', { ...valid, audience: [] }],
    ['audience', { ...valid, audience: ['a', ''] }],
    ['audience', { ...valid, audience: /api/ }],
    ['dpop', { ...valid, dpop: 'optional' }],
    ['dpop', { ...valid, dpop: true }],
    ['algorithms', { ...valid, algorithms: [] }],
    ['algorithms', { ...valid, algorithms: ['HS256'] }],
    ['algorithms', { ...valid, algorithms: ['RS256', 'none'] }],
    ['algorithms', { ...valid, algorithms: 'RS256' }],
    ['tokenProfile', { ...valid, tokenProfile: 'oidc' }],
    ['clockToleranceSeconds', { ...valid, clockToleranceSeconds: -1 }],
    ['clockToleranceSeconds', { ...valid, clockToleranceSeconds: Number.NaN }],
    ['clockToleranceSeconds', { ...valid, clockToleranceSeconds: 301 }],
    ['clockToleranceSeconds', { ...valid, clockToleranceSeconds: '5' }],
    ['maxTokenLifetimeSeconds', { ...valid, maxTokenLifetimeSeconds: 0 }],
    ['maxTokenLifetimeSeconds', { ...valid, maxTokenLifetimeSeconds: Number.POSITIVE_INFINITY }],
    ['errorProfile', { ...valid, errorProfile: 'RFC' }],
    ['cache', { ...valid, cache: 600 }],
    ['cache.ttlSeconds', { ...valid, cache: { ttlSeconds: 1 } }],
    ['cache.maxEntries', { ...valid, cache: { maxEntries: 0 } }],
    ['cache.staleIfErrorSeconds', { ...valid, cache: { staleIfErrorSeconds: -1 } }],
    ['cache.verifiedTokens', { ...valid, cache: { verifiedTokens: 1.5 } }],
    ['cache.store', { ...valid, cache: { store: { get: () => undefined } } }],
    ['cache.ttl', { ...valid, cache: { ttl: 600 } }],
    ['jwksHosts', { ...valid, jwksHosts: 'www.googleapis.com' }],
    ['jwksHosts', { ...valid, jwksHosts: ['https://www.googleapis.com'] }],
    ['jwksHosts', { ...valid, jwksHosts: ['keys.test:443'] }],
    ['jwksHosts', { ...valid, jwksHosts: ['a b'] }],
    ['issuer', { issuer: 'https://issuer.test\n', audience: 'a' }],
    ['issuer', { issuer: 'HTTPS://ISSUER.test', audience: 'a' }],
    ['issuer', { issuer: 'https:issuer.test', audience: 'a' }],
    ['fetch', { ...valid, fetch: {} }],
    ['onEvent', { ...valid, onEvent: 'log' }],
    ['clock', { ...valid, clock: { now: Date.now } }],
    ['audiance', { ...valid, audiance: 'a' }],
    ['options', []],
    ['options', null],
  ])('refuses a bad "%s": %j', (option, options) => {
    expect(refusedOption(options)).toMatch(new RegExp(`^${option}: `))
  })

  it('names the option, the kind of its value and what it takes, and never the value', () => {
    expect(refusedOption({ ...valid, clockToleranceSeconds: 'a secret' })).toBe(
      'clockToleranceSeconds: Option "clockToleranceSeconds" is a string that is not allowed here. It takes a number from 0 to 300.',
    )
    expect(refusedOption({ ...valid, issuer: 'https://user:secret@issuer.test/' })).not.toContain('secret')
  })

  it('suggests the name that was probably meant', () => {
    expect(refusedOption({ ...valid, errorprofile: 'rfc' })).toContain('Did you mean "errorProfile"?')
    expect(refusedOption({ ...valid, cache: { ttl: 600 } })).toContain('Did you mean "cache.ttlSeconds"?')
  })

  it.each([
    ['AUTH0_DOMAIN', { audience: 'a' }],
    ['AUTH0_AUDIENCE', { domain: 'tenant.eu.auth0.com' }],
  ])('says that %s is missing', (variable, options) => {
    expect(refusedOption(options)).toContain(variable)
  })

  it('takes domain and audience from the environment', async () => {
    vi.stubEnv('AUTH0_DOMAIN', 'tenant.eu.auth0.com')
    vi.stubEnv('AUTH0_AUDIENCE', 'https://api.test')
    expect(
      createResourceServer()
        .health()
        .issuers.map(({ issuer }) => issuer),
    ).toEqual(['https://tenant.eu.auth0.com/'])
    expect(refusedOption({ domain: process.env['NOT_SET'], audience: undefined })).toBe('accepted')
  })

  it('takes an empty variable for a missing one', () => {
    vi.stubEnv('AUTH0_DOMAIN', '')
    expect(refusedOption({ audience: 'a' })).toContain('Set AUTH0_DOMAIN')
  })

  it('prefers the option to the environment', () => {
    vi.stubEnv('AUTH0_DOMAIN', 'environment.eu.auth0.com')
    const { issuers } = createResourceServer({ issuer: 'https://issuer.test/realm', audience: 'a' }).health()
    expect(issuers.map(({ issuer }) => issuer)).toEqual(['https://issuer.test/realm'])
  })

  it('removes https:// and the slash at the end of a domain, with one warning', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    for (let times = 0; times < 3; times += 1) {
      const { issuers } = createResourceServer({ ...valid, domain: 'https://Tenant.eu.auth0.com/' }).health()
      expect(issuers.map(({ issuer }) => issuer)).toEqual(['https://tenant.eu.auth0.com/'])
    }
    expect(warn.mock.calls.map(([text]) => text)).toEqual([
      'sallyport: option "domain" takes a bare host name; "https://" and a slash at the end were removed.',
    ])
  })

  it.each(['localhost:3000', 'http://localhost:3000/', '127.0.0.1:3000', '[::1]:3000', 'tenant.localhost:3000'])(
    'speaks http to the loopback host %s, and refuses it in production',
    (domain) => {
      vi.spyOn(console, 'warn').mockImplementation(() => {})
      const [health] = createResourceServer({ ...valid, domain }).health().issuers
      expect(health?.issuer).toMatch(/^http:\/\/.*:3000\/$/)
      vi.stubEnv('NODE_ENV', 'production')
      expect(refusedOption({ ...valid, domain })).toContain('NODE_ENV is production')
      expect(refusedOption({ domains: [domain], audience: 'a' })).toContain('NODE_ENV is production')
    },
  )

  it('refuses a loopback issuer in production', () => {
    vi.stubEnv('NODE_ENV', 'production')
    expect(refusedOption({ issuer: 'http://localhost:3000/', audience: 'a' })).toContain('NODE_ENV is production')
  })

  it('accepts every option at once', () => {
    const options: ResourceServerOptions = {
      domains: ['one.eu.auth0.com', 'two.eu.auth0.com'],
      audience: ['https://api.test', 'urn:api'],
      dpop: 'disabled',
      algorithms: ['RS256', 'ES256', 'EdDSA'],
      tokenProfile: 'rfc9068',
      clockToleranceSeconds: 0,
      maxTokenLifetimeSeconds: 'unlimited',
      errorProfile: 'rfc',
      cache: {
        ttlSeconds: 60,
        maxEntries: 1,
        staleIfErrorSeconds: 0,
        verifiedTokens: 0,
        store: new Map<string, string>(),
      },
      jwksHosts: ['keys.test'],
      fetch,
      onEvent: () => {},
      clock: { epochMilliseconds: Date.now, monotonicMilliseconds: () => performance.now() },
    }
    expect(refusedOption(options)).toBe('accepted')
  })
})
