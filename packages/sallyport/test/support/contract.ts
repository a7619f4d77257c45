import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerTo, createResourceServer, type ErrorProfile, type ResourceServer } from '../../src/index.js'
import { createTestIssuer, type DpopClient, dpopClient, type TestIssuer } from '../../src/testing/index.js'
import { type Exchanged, exchangeWith } from './exchange.js'
import { type Situation, situations } from './situations.js'

/** One app, somewhere. What it does is the same on each; a test must not be able to tell on which it is. */
export interface Stack {
  readonly origin: string
  /** The methods and paths of the requests that reached a handler since it was last asked. */
  takeHandled(): readonly string[] | Promise<readonly string[]>
  close(): Promise<void>
}

/** JSON: a stack may be another process. */
export interface StackOptions {
  readonly domain: string
  readonly audience: string
  readonly algorithms: readonly 'ES256'[]
  readonly errorProfile?: ErrorProfile
  readonly dpop?: { readonly mode: 'required'; readonly nonce: { readonly secrets: string } }
  /** Whether `onRefusal` gives the body `{ problem: status }`. */
  readonly problems?: boolean
}

export type StartStack = (options: StackOptions) => Promise<Stack>

/** Registers the whole contract for each stack. */
export function describeContract(stacks: ReadonlyMap<string, StartStack>): void {
  describe.each([...stacks])('The contract on %s', (_, start) => {
    describe.each<ErrorProfile>(['auth0', 'rfc'])('in the error profile %s', (errorProfile) => {
      let issuer: TestIssuer
      let client: DpopClient
      let thief: DpopClient
      let stack: Stack
      let core: ResourceServer

      beforeAll(async () => {
        issuer = await createTestIssuer({ algorithm: 'ES256', listen: true })
        const options = { ...optionsFor(issuer), errorProfile }
        stack = await start(options)
        core = createResourceServer(options)
        client = await dpopClient({ issuer })
        thief = await dpopClient({ issuer })
      })
      afterAll(async () => {
        await stack.close()
        await issuer.close()
      })

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
        await stack.takeHandled()
        const answer = await exchangeWith(url, method, fields)
        const handled = await stack.takeHandled()
        if (status === 200) return expect([answer.status, handled.length]).toEqual([200, 1])
        const expected = await promised(situation, fields)
        expect(answer).toEqual(expected)
        expect(handled).toHaveLength(path === '/inside' && error === 'insufficient_scope' ? 1 : 0)
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
      await using issuer = await createTestIssuer({ algorithm: 'ES256', listen: true })
      const dpop = { mode: 'required', nonce: { secrets: 's'.repeat(32) } } as const
      await using stack = disposable(await start({ ...optionsFor(issuer), dpop }))
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
      expect(await stack.takeHandled()).toHaveLength(1)
    })

    it('answers 503 while the issuer is away', async () => {
      await using issuer = await createTestIssuer({ algorithm: 'ES256', listen: true })
      await using stack = disposable(await start(optionsFor(issuer)))
      issuer.outage('down')
      const response = await fetch(`${stack.origin}/private`, {
        headers: { authorization: `Bearer ${await issuer.token()}` },
      })
      expect([response.status, Number(response.headers.get('retry-after')) > 0]).toEqual([503, true])
      expect(await response.json()).toMatchObject({ detail: { error: 'temporarily_unavailable' } })
    })

    it('never refuses a preflight, and lets none reach a handler', async () => {
      await using issuer = await createTestIssuer({ algorithm: 'ES256', listen: true })
      await using stack = disposable(await start(optionsFor(issuer)))
      const headers = { origin: 'https://app.test', 'access-control-request-method': 'GET' }
      const response = await fetch(`${stack.origin}/private`, { method: 'OPTIONS', headers })
      expect([400, 401]).not.toContain(response.status)
      expect(await stack.takeHandled()).toEqual([])
    })

    it('sends the body that onRefusal gives, with its own status and challenges', async () => {
      await using issuer = await createTestIssuer({ algorithm: 'ES256', listen: true })
      await using stack = disposable(await start({ ...optionsFor(issuer), problems: true }))
      expect(await exchangeWith(`${stack.origin}/private`, 'GET', [])).toMatchObject({
        status: 400,
        body: { problem: 400 },
        challenges: 'Bearer realm="api", DPoP algs="ES256 EdDSA"',
      })
    })
  })
}

/** What a route of every stack demands. */
const requirements: Readonly<Record<string, object>> = {
  '/messages': { scopes: 'read:messages' },
  '/data': { scopes: ['read:data', 'write:data'] },
  '/permitted': { permissions: 'delete:data' },
  '/maybe': { optional: true },
  '/inside': { scopes: 'admin' },
  '/twice': { scopes: 'read:messages' },
}

function optionsFor({ domain, audience }: TestIssuer): StackOptions {
  return { domain, audience: String(audience), algorithms: ['ES256'] }
}

function disposable(stack: Stack): Stack & AsyncDisposable {
  return Object.assign(stack, { [Symbol.asyncDispose]: () => stack.close() })
}
