import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerTo, createResourceServer, type ErrorProfile, type ResourceServer } from '../../src/index.js'
import { createTestIssuer, type DpopClient, dpopClient, type TestIssuer } from '../../src/testing/index.js'
import { type Exchanged, exchangeWith } from '../support/exchange.js'
import { type Situation, situations } from '../support/situations.js'
import { type Stack, stacks } from '../support/stacks.js'

/** What a route of every stack demands. */
const requirements: Readonly<Record<string, object>> = {
  '/messages': { scopes: 'read:messages' },
  '/data': { scopes: ['read:data', 'write:data'] },
  '/maybe': { optional: true },
  '/inside': { scopes: 'admin' },
  '/twice': { scopes: 'read:messages' },
}

describe.each([...stacks])('The contract on %s', (_, start) => {
  describe.each<ErrorProfile>(['auth0', 'rfc'])('in the error profile %s', (errorProfile) => {
    let issuer: TestIssuer
    let client: DpopClient
    let thief: DpopClient
    let stack: Stack
    let core: ResourceServer

    beforeAll(async () => {
      issuer = await createTestIssuer({ algorithm: 'ES256' })
      const { domain, audience, fetch } = issuer
      const options = { domain, audience, fetch, errorProfile, algorithms: ['ES256'] as const }
      stack = await start(options)
      core = createResourceServer(options)
      client = await dpopClient({ issuer })
      thief = await dpopClient({ issuer })
    })
    afterAll(() => stack.close())

    /** What the core says of the same request: every framework has to pass it on as it is. */
    async function promised({ method = 'GET', path = '/private' }: Situation, fields: readonly string[]) {
      const { host } = new URL(stack.origin)
      const request = { method, url: path, headers: ['Host', host, ...fields], scheme: 'http' as const }
      try {
        await core.authenticate(request, requirements[path.split('?', 1)[0] ?? ''] ?? {})
        throw new Error('The core admits the request.')
      } catch (error) {
        const { status, headers, body } = answerTo(error, core)
        return {
          status,
          body: method === 'HEAD' ? undefined : body,
          challenges: [headers['www-authenticate'] ?? []].flat().join(', '),
          cacheControl: 'no-store',
          contentType: 'application/json; charset=utf-8',
          nonces: 0,
        } satisfies { [Name in keyof Exchanged]: unknown }
      }
    }

    it.each(situations)('$title: $status', async (situation) => {
      const { method = 'GET', path = '/private', status, error } = situation
      const url = `${stack.origin}${path}`
      const fields = await situation.fields({ issuer, client, thief, url })
      stack.handled.length = 0
      const answer = await exchangeWith(url, method, fields)
      if (status === 200) return expect([answer.status, stack.handled.length]).toEqual([200, 1])
      const expected = await promised(situation, fields)
      expect(answer).toEqual(expected)
      expect(stack.handled).toHaveLength(path === '/inside' && error === 'insufficient_scope' ? 1 : 0)
      if (errorProfile === 'auth0' && method !== 'HEAD')
        expect(answer).toMatchObject({ status, body: { detail: { error } } })
    })

    it('refuses the same proof again', async () => {
      const url = `${stack.origin}/private`
      const { authorization, dpop } = await client.headers({ url })
      const fields = ['Authorization', authorization, 'DPoP', dpop]
      expect((await exchangeWith(url, 'GET', fields)).status).toBe(200)
      const again = await exchangeWith(url, 'GET', fields)
      expect([again.status, again.challenges]).toEqual([
        errorProfile === 'auth0' ? 400 : 401,
        expect.stringMatching(/^Bearer realm="api", DPoP algs="ES256 EdDSA", error="invalid_dpop_proof"/),
      ])
    })
  })

  it('asks for a nonce, and gives the newest with an answer', async () => {
    const issuer = await createTestIssuer({ algorithm: 'ES256' })
    const { domain, audience, fetch } = issuer
    const dpop = { mode: 'required', nonce: { secrets: 's'.repeat(32) } } as const
    await using stack = disposable(await start({ domain, audience, fetch, algorithms: ['ES256'], dpop }))
    const client = await dpopClient({ issuer })
    const url = `${stack.origin}/private`
    const { authorization, dpop: proof } = await client.headers({ url })
    const asked = await exchangeWith(url, 'GET', ['Authorization', authorization, 'DPoP', proof])
    expect([asked.status, asked.nonces, asked.challenges]).toEqual([
      401,
      1,
      expect.stringMatching(/^DPoP algs="ES256 EdDSA", error="use_dpop_nonce"/),
    ])
    expect((await client.fetch(url)).status).toBe(200)
    expect(stack.handled).toHaveLength(1)
  })

  it('answers 503 while the issuer is away', async () => {
    const issuer = await createTestIssuer({ algorithm: 'ES256' })
    const { domain, audience, fetch } = issuer
    await using stack = disposable(await start({ domain, audience, fetch, algorithms: ['ES256'] }))
    issuer.outage('down')
    const response = await globalThis.fetch(`${stack.origin}/private`, {
      headers: { authorization: `Bearer ${await issuer.token()}` },
    })
    expect([response.status, Number(response.headers.get('retry-after')) > 0]).toEqual([503, true])
    expect(await response.json()).toMatchObject({ detail: { error: 'temporarily_unavailable' } })
  })

  it('never refuses a preflight, and lets none reach a handler', async () => {
    const { domain, audience, fetch } = await createTestIssuer()
    await using stack = disposable(await start({ domain, audience, fetch }))
    const headers = { origin: 'https://app.test', 'access-control-request-method': 'GET' }
    const response = await globalThis.fetch(`${stack.origin}/private`, { method: 'OPTIONS', headers })
    expect([400, 401]).not.toContain(response.status)
    expect(stack.handled).toEqual([])
  })

  it('sends the body that onRefusal gives, with its own status and challenges', async () => {
    const { domain, audience, fetch } = await createTestIssuer()
    const onRefusal = ({ status }: { status: number }) => ({ problem: status })
    await using stack = disposable(await start({ domain, audience, fetch, onRefusal }))
    expect(await exchangeWith(`${stack.origin}/private`, 'GET', [])).toMatchObject({
      status: 400,
      body: { problem: 400 },
      challenges: 'Bearer realm="api", DPoP algs="ES256 EdDSA"',
    })
  })
})

function disposable(stack: Stack): Stack & AsyncDisposable {
  return Object.assign(stack, { [Symbol.asyncDispose]: () => stack.close() })
}
