import { describe, expect, it } from 'vitest'
import type { TestIssuer } from '../../src/testing/index.js'
import { filled, jwksKey, metadataKey, tamper } from '../support/instances.js'

const hour = 3600

describe('What the store holds is not believed', () => {
  const evil = (issuer: TestIssuer) => ({ ...issuer.currentKey().publicJwk, d: 'AAAA' })

  const tampered: readonly {
    readonly what: string
    readonly key: string
    readonly members: (issuer: TestIssuer, now: number) => Readonly<Record<string, unknown>>
  }[] = [
    ...[metadataKey, jwksKey].flatMap((key) => [
      { what: 'a body that is no JSON', key, members: () => ({ body: '<html>' }) },
      { what: 'a body that is no object', key, members: () => ({ body: '[]' }) },
      { what: 'a body that is no string', key, members: () => ({ body: { keys: [] } }) },
      { what: 'a body with a member twice', key, members: () => ({ body: '{"keys":[],"keys":[]}' }) },
      { what: 'an ETag that is no string', key, members: () => ({ etag: 7 }) },
      { what: 'an age that is no number', key, members: () => ({ fetchedAtSeconds: '0' }) },
      {
        what: 'an age from the future',
        key,
        members: (_: TestIssuer, now: number) => ({ fetchedAtSeconds: now + 61 }),
      },
      { what: 'an age from the far future', key, members: () => ({ fetchedAtSeconds: 1e300 }) },
      { what: 'freshness that is no number', key, members: () => ({ freshSeconds: null }) },
      { what: 'a value beyond 256 KiB', key, members: () => ({ filling: ' '.repeat(256 * 1024) }) },
    ]),
    {
      what: "another issuer's metadata",
      key: metadataKey,
      members: () => ({ body: '{"issuer":"https://another.test/","jwks_uri":"https://another.test/keys"}' }),
    },
    {
      what: "another host's jwks_uri",
      key: metadataKey,
      members: ({ issuer }) => ({ body: JSON.stringify({ issuer, jwks_uri: 'https://another.test/keys' }) }),
    },
    {
      what: 'a jwks_uri over http',
      key: metadataKey,
      members: ({ issuer }) => ({ body: JSON.stringify({ issuer, jwks_uri: 'http://issuer.test/keys' }) }),
    },
    { what: 'no keys', key: jwksKey, members: () => ({ body: '{"keys":[]}' }) },
    { what: 'private keys', key: jwksKey, members: (issuer) => ({ body: JSON.stringify({ keys: [evil(issuer)] }) }) },
    {
      what: 'a symmetric key',
      key: jwksKey,
      members: (issuer) => ({
        body: JSON.stringify({ keys: [{ kty: 'oct', k: 'AAAA', kid: issuer.currentKey().kid }] }),
      }),
    },
    {
      what: 'too many keys',
      key: jwksKey,
      members: (issuer) => ({ body: JSON.stringify({ keys: new Array(101).fill(issuer.currentKey().publicJwk) }) }),
    },
  ]

  it.each(tampered)('refuses $what under $key, and asks the issuer', async ({ key, members }) => {
    const { clock, fetches, instance, issuer, store } = await filled()
    tamper(store, key, members(issuer, clock.nowSeconds()))
    const second = await instance()
    expect(await second.outcome(await issuer.token())).toBe('A')
    expect(fetches()).toBe(3)
    const document = key === jwksKey ? 'jwks' : 'metadata'
    expect(second.events).toContainEqual({ type: 'document_store.refused', issuer: 'issuer.test', document })
  })

  it.each([
    '',
    'null',
    '[]',
    '{}',
    '7',
    '"text"',
    '<html>',
    '{"body":',
    '\u0000',
    '{"__proto__":{}}',
    'x'.repeat(1_000_000),
  ])('refuses %j in place of both documents', async (value) => {
    const { fetches, instance, issuer, store } = await filled()
    for (const key of store.values.keys()) store.values.set(key, value)
    const second = await instance()
    expect(await second.outcome(await issuer.token())).toBe('A')
    expect(fetches()).toBe(4)
  })

  it.each([-1e300, -1, 0, 1e300])('keeps a freshness of %d s between 60 s and 1 h', async (freshSeconds) => {
    const { clock, instance, issuer, store } = await filled()
    tamper(store, jwksKey, { freshSeconds })
    const second = await instance()
    expect(await second.outcome(await issuer.token())).toBe('A')
    expect(second.api.health().issuers).toMatchObject([{ state: 'fresh' }])
    clock.advance(freshSeconds < 60 ? 60 : hour)
    expect(second.api.health().issuers).toMatchObject([{ state: 'stale' }])
  })

  it('takes a copy from a clock that is a minute ahead as one of now', async () => {
    const { clock, fetches, instance, issuer, store } = await filled()
    tamper(store, jwksKey, { fetchedAtSeconds: clock.nowSeconds() + 59 })
    const second = await instance()
    expect(await second.outcome(await issuer.token())).toBe('A')
    expect(fetches()).toBe(2)
    expect(second.api.health().issuers).toMatchObject([{ ageSeconds: 0 }])
  })

  it.each(['a\nb', 'a\u0000b', '€', '\r\nX-Injected: 1', 'x'.repeat(20_000)])(
    'goes on refreshing when the stored ETag is %j',
    async (etag) => {
      const { clock, instance, issuer, store } = await filled()
      tamper(store, jwksKey, { etag })
      const second = await instance()
      expect(await second.outcome(await issuer.token())).toBe('A')
      clock.advance(2 * hour)
      expect(await second.outcome(await issuer.token())).toBe('A')
    },
  )
})
