import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Auth, createResourceServer, type ResourceServer, type SallyportEvent } from '../src/index.js'
import {
  createTestClock,
  createTestIssuer,
  type DpopClient,
  dpopClient,
  type TestClock,
  type TestIssuer,
} from '../src/testing/index.js'

describe('A session', () => {
  let clock: TestClock
  let issuer: TestIssuer
  let api: ResourceServer
  let events: SallyportEvent[]
  const onExpired = vi.fn()

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onExpired.mockReset()
    clock = createTestClock()
    issuer = await createTestIssuer({ clock })
    events = []
    api = serverFor(issuer)
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  function serverFor({ domain, audience, fetch }: TestIssuer): ResourceServer {
    const maxTokenLifetimeSeconds = 31 * 24 * 3600
    return createResourceServer({
      domain,
      audience,
      fetch,
      clock,
      maxTokenLifetimeSeconds,
      onEvent: (event) => events.push(event),
    })
  }

  async function caller(claims: object = {}, expiresInSeconds = 600, server = api): Promise<Auth> {
    const authorization = `Bearer ${await issuer.token({ ...claims }, { expiresInSeconds })}`
    return server.authenticate({ method: 'GET', url: '/', headers: { authorization } })
  }

  function pass(seconds: number): void {
    for (let second = 0; second < seconds; second += 1) {
      clock.advance(1)
      vi.advanceTimersByTime(1000)
    }
  }

  it('ends when its token is no longer accepted, once', async () => {
    const auth = await caller()
    auth.session({ onExpired })
    pass(604)
    expect(onExpired).not.toHaveBeenCalled()
    pass(1)
    expect(onExpired).toHaveBeenCalledOnce()
    pass(100_000)
    expect(onExpired).toHaveBeenCalledOnce()
  })

  it('of a token that lasts longer than the longest timer ends with it too', async () => {
    const month = 30 * 24 * 3600
    const auth = await caller({}, month)
    auth.session({ onExpired })
    for (let minute = 0; minute < month / 60; minute += 1) {
      clock.advance(60)
      vi.advanceTimersByTime(60_000)
    }
    expect(onExpired).not.toHaveBeenCalled()
    pass(5)
    expect(onExpired).toHaveBeenCalledOnce()
  })

  it('notices within a minute that the wall clock was set', async () => {
    const auth = await caller()
    auth.session({ onExpired })
    clock.jump(1000)
    vi.advanceTimersByTime(60_000)
    expect(onExpired).toHaveBeenCalledOnce()
  })

  it('of a token that has expired meanwhile ends at once, but not before it is there', async () => {
    const auth = await caller()
    clock.advance(1000)
    auth.session({ onExpired })
    expect(onExpired).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(onExpired).toHaveBeenCalledOnce()
  })

  it('goes on with a fresh token of the same caller', async () => {
    const session = (await caller()).session({ onExpired })
    pass(500)
    const fresh = await caller({ scope: 'more' })
    session.renew(fresh)
    expect(session.auth).toBe(fresh)
    pass(604)
    expect(onExpired).not.toHaveBeenCalled()
    pass(1)
    expect(onExpired).toHaveBeenCalledOnce()
  })

  it('ends earlier with a fresh token that ends earlier', async () => {
    const session = (await caller()).session({ onExpired })
    session.renew(await caller({}, 60))
    pass(65)
    expect(onExpired).toHaveBeenCalledOnce()
  })

  it.each<[string, object]>([
    ['subject', { sub: 'user|other' }],
    ['client', { client_id: 'other' }],
    ['authorized party', { azp: 'other' }],
    ['organization', { org_id: 'org_other' }],
  ])('does not change its %s', async (_, claims) => {
    const first = await caller()
    const session = first.session({ onExpired })
    const other = await caller(claims)
    expect(() => session.renew(other)).toThrow(expect.objectContaining({ code: 'session_caller_changed' }))
    expect(session.auth).toBe(first)
    expect(events.at(-1)).toMatchObject({ type: 'request.refused', code: 'session_caller_changed' })
    pass(605)
    expect(onExpired).toHaveBeenCalledOnce()
  })

  it('does not change the key that its tokens are bound to, nor lose it', async () => {
    const [client, thief] = [await dpopClient({ issuer }), await dpopClient({ issuer })]
    const url = 'https://api.test/feed'
    const proved = async ({ headers }: DpopClient) =>
      api.authenticate({
        method: 'GET',
        url: '/feed',
        scheme: 'https',
        headers: { ...(await headers({ url })), host: 'api.test' },
      })
    const session = (await proved(client)).session({ onExpired })
    for (const other of [await proved(thief), await caller()])
      expect(() => session.renew(other)).toThrow(expect.objectContaining({ code: 'session_caller_changed' }))
    session.renew(await proved(client))
  })

  it('takes no token that has expired, and none after its end', async () => {
    const session = (await caller()).session({ onExpired })
    const stale = await caller({}, 60)
    pass(100)
    const expired = expect.objectContaining({ code: 'token_expired' })
    expect(() => session.renew(stale)).toThrow(expired)
    const fresh = await caller({}, 3600)
    pass(505)
    expect(onExpired).toHaveBeenCalledOnce()
    expect(() => session.renew(fresh)).toThrow(expired)
  })

  it('is silent after it was closed, and cannot be opened again', async () => {
    const auth = await caller()
    const session = auth.session({ onExpired })
    session.close()
    session.close()
    expect(() => session.renew(auth)).toThrow(expect.objectContaining({ code: 'token_expired' }))
    pass(10_000)
    expect(onExpired).not.toHaveBeenCalled()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('takes a caller from the same resource server only', async () => {
    const session = (await caller()).session({ onExpired })
    const foreign = await caller({}, 600, serverFor(issuer))
    for (const auth of [foreign, { ...foreign }, undefined])
      expect(() => session.renew(auth as Auth)).toThrow('A session goes on with an Auth that the same resource server')
  })

  it.each([undefined, {}, { onExpired: 'close' }])('is not opened with %o', async (options) => {
    const auth = await caller()
    expect(() => auth.session(options as never)).toThrow(expect.objectContaining({ option: 'onExpired' }))
  })

  it('keeps no process alive', async () => {
    vi.useRealTimers()
    const auth = await caller()
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const before = timers()
    const session = auth.session({ onExpired })
    expect(timers()).toBe(before)
    session.close()
  })
})
