import { describe, expect, it } from 'vitest'
import { createResourceServer, mapFaults, RequestRefused, type SallyportEvent } from '../src/index.js'
import { createTestIssuer } from '../src/testing/index.js'

class FrameworkError extends Error {}

async function mappedCaller() {
  const issuer = await createTestIssuer()
  const events: SallyportEvent[] = []
  const { domain, audience, fetch } = issuer
  const api = createResourceServer({ domain, audience, fetch, onEvent: (event) => events.push(event) })
  const authorization = `Bearer ${await issuer.token({ scope: 'read', act: 'nobody' })}`
  const authenticate = async () => api.authenticate({ method: 'GET', url: '/', headers: { authorization } })
  const auth = await authenticate()
  return { auth, authenticate, events, mapped: mapFaults(auth, (cause) => new FrameworkError('No.', { cause })) }
}

describe('mapFaults', () => {
  it('gives the same caller', async () => {
    const { auth, mapped } = await mappedCaller()
    expect([mapped.claims, mapped.token, mapped.scheme, mapped.responseHeaders]).toEqual([
      auth.claims,
      auth.token,
      auth.scheme,
      auth.responseHeaders,
    ])
    expect(mapped.scopes).toEqual(['read'])
    expect(() => mapped.require({ scopes: 'read' })).not.toThrow()
  })

  it('makes what its checks throw into something else, and reports it as ever', async () => {
    const { events, mapped } = await mappedCaller()
    for (const [check, code] of [
      [() => mapped.require({ scopes: 'write' }), 'scope_missing'],
      [() => mapped.actor, 'actor_malformed'],
    ] as const) {
      expect(check).toThrow(FrameworkError)
      expect(check).toThrow(expect.objectContaining({ cause: expect.objectContaining({ code }) }))
      expect(events.at(-1)).toMatchObject({ type: 'request.refused', code })
    }
  })

  it('leaves other callers of the same token as they are', async () => {
    const { auth, authenticate } = await mappedCaller()
    for (const other of [auth, await authenticate()])
      expect(() => other.require({ scopes: 'write' })).toThrow(RequestRefused)
  })

  it('takes part in sessions', async () => {
    const { auth, mapped } = await mappedCaller()
    const session = auth.session({ onExpired: () => {} })
    session.renew(mapped)
    expect(session.auth).toBe(mapped)
    session.close()
  })

  it('takes an Auth alone', async () => {
    const { auth } = await mappedCaller()
    expect(() => mapFaults({ ...auth }, (error) => error)).toThrow('Only for an Auth that a resource server has given.')
  })
})
