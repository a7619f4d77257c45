import { describe, expect, it } from 'vitest'
import { createInstances, filled, jwksKey, metadataKey } from '../support/instances.js'

const hour = 3600

describe('A shared store', () => {
  it('lets a second instance start without a fetch', async () => {
    const { fetches, instance, issuer } = await filled()
    const second = await instance()
    expect(await second.outcome(await issuer.token())).toBe('A')
    expect(fetches()).toBe(2)
  })

  it('keeps documents for as long as they may be of use', async () => {
    const { store } = await filled()
    expect(store.ttls.get(metadataKey)).toBe(25 * hour)
    expect(store.ttls.get(jwksKey)).toBe(600 + hour)
  })

  it('does not count the age of a stored copy from the moment it is read', async () => {
    const { clock, fetches, instance, issuer } = await filled()
    clock.advance(470)
    const second = await instance()
    expect(await second.outcome(await issuer.token())).toBe('A')
    expect(fetches('jwks')).toBe(1)
    clock.advance(70)
    expect(await second.outcome(await issuer.token())).toBe('A')
    await expect.poll(() => fetches('jwks')).toBe(2)
  })

  it('does not give an instance back its own old copy from 80 % of its age', async () => {
    const { clock, fetches, instance, issuer, store } = await createInstances()
    const { api, outcome } = await instance()
    expect(await outcome(await issuer.token())).toBe('A')
    for (let round = 2; round <= 4; round += 1) {
      clock.advance(541)
      expect(await outcome(await issuer.token())).toBe('A')
      await expect.poll(() => api.health().issuers[0]?.ageSeconds).toBe(0)
      expect(fetches('jwks')).toBe(round)
    }
    expect(JSON.parse(store.values.get(jwksKey) ?? '')).toMatchObject({ fetchedAtSeconds: clock.nowSeconds() })
  })

  it('lets one instance refresh for all', async () => {
    const { clock, fetches, instance, issuer } = await createInstances()
    const [first, second] = await Promise.all([instance(), instance()])
    expect(await first.outcome(await issuer.token())).toBe('A')
    expect(await second.outcome(await issuer.token())).toBe('A')
    clock.advance(541)
    for (const { api, outcome } of [first, second]) {
      expect(await outcome(await issuer.token())).toBe('A')
      await expect.poll(() => api.health().issuers[0]?.ageSeconds).toBe(0)
    }
    expect(fetches('jwks')).toBe(2)
  })
})

describe('A stored copy and keys that are newer', () => {
  it('is passed by for an unknown kid', async () => {
    const { clock, fetches, instance, issuer } = await filled()
    const second = await instance()
    expect(await second.outcome(await issuer.token())).toBe('A')
    await issuer.rotateKey()
    clock.advance(31)
    expect(await second.outcome(await issuer.token())).toBe('A')
    expect(fetches('jwks')).toBe(2)
  })

  it('is passed by when the first token of an instance has an unknown kid', async () => {
    const { clock, instance, issuer } = await filled()
    await issuer.rotateKey()
    clock.advance(31)
    const second = await instance()
    expect(await second.outcome(await issuer.token())).toBe('A')
  })

  it('is passed by for an unknown kid while a refresh is due', async () => {
    const { clock, instance, issuer } = await createInstances()
    const first = await instance()
    expect(await first.outcome(await issuer.token())).toBe('A')
    clock.advance(541)
    const second = await instance()
    expect(await second.outcome(await issuer.token())).toBe('A')
    clock.advance(31)
    await issuer.rotateKey()
    expect(await first.outcome(await issuer.token())).toBe('A')
  })

  it('does not turn an outage into a 401 for an unknown kid', async () => {
    const { clock, instance, issuer } = await filled()
    await issuer.rotateKey()
    issuer.outage('down')
    clock.advance(31)
    const second = await instance()
    const token = await issuer.token()
    expect(await second.outcome(token)).toBe('U')
    expect(await second.outcome(token)).toBe('U')
  })

  it.each([0, 31, 541, 700])(
    'is passed by refresh() at an age of %i s: a key that was revoked is gone',
    async (age) => {
      const { clock, instance, issuer } = await createInstances()
      const first = await instance()
      const token = await issuer.token()
      expect(await first.outcome(token)).toBe('A')
      clock.advance(age)
      const second = await instance()
      expect(await second.outcome(token)).toBe('A')
      await issuer.rotateKey({ dropOld: true })
      await first.api.refresh()
      expect(await first.outcome(token)).toBe('T')
    },
  )

  it('is passed by refresh() on a cold start', async () => {
    const { instance, issuer } = await filled()
    const token = await issuer.token()
    await issuer.rotateKey({ dropOld: true })
    const second = await instance()
    await second.api.refresh()
    expect(await second.outcome(token)).toBe('T')
  })
})

describe('A stale stored copy', () => {
  it('serves a cold start while the issuer is down, and says so', async () => {
    const { clock, instance, issuer } = await filled()
    issuer.outage('down')
    clock.advance(1000)
    const second = await instance()
    expect(await second.outcome(await issuer.token())).toBe('A')
    expect(second.api.health().issuers).toMatchObject([{ state: 'stale', ageSeconds: 1000 }])
    expect(second.events.map(({ type }) => type)).toContain('keys.stale_served')
  })

  it('serves a cold start no longer than staleIfErrorSeconds', async () => {
    const { clock, instance, issuer } = await filled()
    issuer.outage('down')
    clock.advance(600 + hour)
    const second = await instance()
    expect(await second.outcome(await issuer.token())).toBe('U')
  })

  it('serves no cold start while the issuer answers', async () => {
    const { clock, instance, issuer } = await filled()
    const token = await issuer.token()
    await issuer.rotateKey({ dropOld: true })
    clock.advance(1000)
    const second = await instance()
    expect(await second.outcome(token)).toBe('T')
    expect(await second.outcome(await issuer.token())).toBe('A')
  })

  it('does not keep an instance from the issuer when it is back', async () => {
    const { clock, fetches, instance, issuer } = await filled()
    issuer.outage('down')
    clock.advance(1000)
    const second = await instance()
    expect(await second.outcome(await issuer.token())).toBe('A')
    issuer.restore()
    clock.advance(2)
    const before = fetches('jwks')
    expect(await second.outcome(await issuer.token())).toBe('A')
    await expect.poll(() => second.api.health().status).toBe('ok')
    expect(fetches('jwks')).toBe(before + 1)
  })
})
