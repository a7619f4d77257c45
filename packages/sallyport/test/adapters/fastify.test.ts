import cors from '@fastify/cors'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeAll, describe, expect, expectTypeOf, it } from 'vitest'
import { createAuth, type FastifyAuth } from '../../src/adapters/fastify.js'
import { type Auth, InvalidOptions, RequestRefused } from '../../src/index.js'
import { createTestIssuer, dpopClient, type TestIssuer } from '../../src/testing/index.js'

describe('Fastify adapter', () => {
  let issuer: TestIssuer
  let app: FastifyInstance
  let auth0: FastifyAuth

  beforeAll(async () => {
    issuer = await createTestIssuer()
  })
  afterEach(async () => {
    await app.close()
  })

  async function start(routes: () => void | Promise<void>, withPlugin = true): Promise<string> {
    app = Fastify()
    auth0 = createAuth({ domain: issuer.domain, audience: issuer.audience, fetch: issuer.fetch })
    if (withPlugin) await app.register(auth0.plugin)
    await routes()
    return app.listen({ host: '127.0.0.1', port: 0 })
  }

  const bearer = async (claims = {}) => ({ authorization: `Bearer ${await issuer.token(claims)}` })

  it.each([true, false])('gives the handler its caller (plugin registered: %s)', async (withPlugin) => {
    const origin = await start(() => {
      app.get('/', { onRequest: auth0.requireAuth() }, async (request) => {
        expectTypeOf(request.auth).toEqualTypeOf<Auth>()
        return { user: request.auth.claims.sub, scopes: request.auth.scopes }
      })
    }, withPlugin)
    const response = await fetch(origin, { headers: await bearer({ scope: 'a b' }) })
    expect(await response.json()).toEqual({ user: 'user|test', scopes: ['a', 'b'] })
  })

  it.each(['onRequest', 'preHandler'] as const)('guards a route as its %s hook', async (hook) => {
    const origin = await start(() => {
      app.get('/', { [hook]: auth0.requireAuth({ scopes: 'a' }) }, async () => 'in')
    })
    expect((await fetch(origin)).status).toBe(400)
    expect((await fetch(origin, { headers: await bearer({ scope: 'b' }) })).status).toBe(403)
    expect((await fetch(origin, { headers: await bearer({ scope: 'a' }) })).status).toBe(200)
  })

  it('guards everything behind it as a hook of the app or of a plugin', async () => {
    const origin = await start(async () => {
      app.get('/open', async () => 'open')
      await app.register(async (inside) => {
        inside.addHook('onRequest', auth0.requireAuth())
        inside.get('/closed', async () => 'closed')
      })
    })
    expect((await fetch(`${origin}/open`)).status).toBe(200)
    expect((await fetch(`${origin}/closed`)).status).toBe(400)
    expect((await fetch(`${origin}/closed`, { headers: await bearer() })).status).toBe(200)
  })

  it('answers a refusal before a body is parsed', async () => {
    let parsed = false
    const origin = await start(() => {
      app.addContentTypeParser('text/slow', async () => {
        parsed = true
      })
      app.post('/', { onRequest: auth0.requireAuth() }, async () => 'in')
    })
    const request = { method: 'POST', headers: { 'content-type': 'text/slow' }, body: 'x' }
    expect((await fetch(origin, request)).status).toBe(400)
    expect(parsed).toBe(false)
  })

  it('guards HEAD as GET', async () => {
    let handled = 0
    const origin = await start(() => {
      app.get('/', { onRequest: auth0.requireAuth() }, async () => {
        handled += 1
        return 'in'
      })
    })
    const refused = await fetch(origin, { method: 'HEAD' })
    expect(refused.status).toBe(400)
    expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="api", DPoP algs="ES256 EdDSA"')
    expect(handled).toBe(0)
    expect((await fetch(origin, { method: 'HEAD', headers: await bearer() })).status).toBe(200)
  })

  const preflight = {
    method: 'OPTIONS',
    headers: { origin: 'https://app.test', 'access-control-request-method': 'GET' },
  }

  it.each(['before', 'after'])(
    'lets the preflight pass to CORS that is registered %s an app-wide guard',
    async (order) => {
      const origin = await start(async () => {
        const guard = () => app.addHook('onRequest', auth0.requireAuth())
        if (order === 'after') guard()
        await app.register(cors, { origin: 'https://app.test' })
        if (order === 'before') guard()
        app.get('/', async () => 'in')
      })
      const response = await fetch(origin, preflight)
      expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([204, 'https://app.test'])
      expect((await fetch(origin)).status).toBe(400)
    },
  )

  it('never lets a preflight reach a handler of the app', async () => {
    let handled = 0
    const origin = await start(() => {
      const handler = async () => {
        handled += 1
        return 'in'
      }
      app.route({ method: ['GET', 'OPTIONS'], url: '/', onRequest: auth0.requireAuth(), handler })
      app.options('/only', { onRequest: auth0.requireAuth() }, handler)
    })
    expect((await fetch(origin, preflight)).status).toBe(204)
    expect((await fetch(`${origin}/only`, preflight)).status).toBe(204)
    expect((await fetch(origin, { method: 'OPTIONS' })).status).toBe(400)
    const withToken = { ...preflight, headers: { ...preflight.headers, authorization: 'Bearer broken' } }
    expect((await fetch(origin, withToken)).status).toBe(401)
    expect(handled).toBe(0)
  })

  it('answers a requirement that a handler checks, and leaves other errors to the app', async () => {
    const origin = await start(() => {
      app.get('/requires', { onRequest: auth0.requireAuth() }, async (request) => {
        request.auth.require({ scopes: 'admin' })
        return 'in'
      })
      app.get('/breaks', { onRequest: auth0.requireAuth() }, async () => {
        throw Object.assign(new Error('not ours'), { statusCode: 418 })
      })
    })
    const refused = await fetch(`${origin}/requires`, { headers: await bearer({ scope: 'user' }) })
    expect(refused.status).toBe(403)
    expect(refused.headers.get('www-authenticate')).toContain('scope="admin"')
    const broken = await fetch(`${origin}/breaks`, { headers: await bearer() })
    expect([broken.status, await broken.json()]).toEqual([418, expect.objectContaining({ message: 'not ours' })])
  })

  it.each(['before', 'after'])(
    'leaves an error handler of the app that is set %s the plugin in its place',
    async (order) => {
      const origin = await start(async () => {
        const setErrorHandler = () =>
          app.setErrorHandler((_error, _request, reply) => reply.code(418).send({ own: true }))
        if (order === 'before') setErrorHandler()
        await app.register(auth0.plugin)
        if (order === 'after') setErrorHandler()
        app.get('/requires', async () => {
          throw new RequestRefused('scope_missing')
        })
        app.get('/breaks', async () => {
          throw new Error('not ours')
        })
      }, false)
      expect((await fetch(`${origin}/requires`)).status).toBe(403)
      expect(await (await fetch(`${origin}/breaks`)).json()).toEqual({ own: true })
    },
  )

  it('answers with the right status without the plugin too', async () => {
    const origin = await start(() => {
      app.get('/', { onRequest: auth0.requireAuth() }, async (request) => request.auth.require({ scopes: 'admin' }))
    }, false)
    expect((await fetch(origin, { headers: await bearer() })).status).toBe(403)
  })

  it('tells an optional route whether there is a caller', async () => {
    const origin = await start(() => {
      app.get('/', { onRequest: auth0.requireAuth({ optional: true }) }, async (request) => {
        expectTypeOf(auth0.authOf(request)).toEqualTypeOf<Auth | undefined>()
        return { user: auth0.authOf(request)?.claims.sub ?? 'nobody' }
      })
    })
    expect(await (await fetch(origin)).json()).toEqual({ user: 'nobody' })
    expect(await (await fetch(origin, { headers: await bearer() })).json()).toEqual({ user: 'user|test' })
    expect((await fetch(origin, { headers: { authorization: 'Bearer broken' } })).status).toBe(401)
  })

  it('serves two resource servers in one app', async () => {
    const origin = await start(async () => {
      const other = createAuth({ domain: issuer.domain, audience: 'https://other.test', fetch: issuer.fetch })
      await app.register(other.plugin)
      app.get('/one', { onRequest: auth0.requireAuth() }, async () => 'one')
      app.get('/other', { onRequest: other.requireAuth() }, async () => 'other')
    })
    const headers = await bearer({ aud: 'https://other.test' })
    expect((await fetch(`${origin}/one`, { headers })).status).toBe(401)
    expect((await fetch(`${origin}/other`, { headers })).status).toBe(200)
  })

  it('throws for a wrong option or requirement when the app is built', async () => {
    await start(() => {})
    expect(() => createAuth({ domain: 'not a host', audience: 'a' })).toThrow(InvalidOptions)
    expect(() => auth0.requireAuth({ scope: 'a' } as never)).toThrow(InvalidOptions)
  })

  it('answers a refusal as it is, whatever a hook or a response schema of the app wants', async () => {
    const origin = await start(() => {
      app.addHook('onRequest', async (_request, reply) => {
        reply.type('text/html')
      })
      const schema = {
        response: { '4xx': { type: 'object', properties: { message: { type: 'string' } }, required: ['message'] } },
      }
      app.get('/', { onRequest: auth0.requireAuth(), schema }, async () => 'in')
    })
    const response = await fetch(origin)
    expect([response.status, response.headers.get('content-type')]).toEqual([400, 'application/json; charset=utf-8'])
    expect(await response.json()).toMatchObject({ detail: { error: 'invalid_request' } })
  })

  it('lets the guards of an app and of a route look at one proof', async () => {
    const origin = await start(() => {
      app.addHook('onRequest', auth0.requireAuth())
      app.get('/', { onRequest: auth0.requireAuth({ scopes: 'a' }) }, async ({ auth }) => auth.scheme)
    })
    const url = `${origin}/`
    const client = await dpopClient({ issuer, claims: { scope: 'a' } })
    const headers = await client.headers({ url })
    expect(await (await fetch(url, { headers })).text()).toBe('DPoP')
    expect((await fetch(url, { headers })).status).toBe(400)
    const token = await client.token({ scope: 'b' })
    const refused = await fetch(url, { headers: await client.headers({ url, token }) })
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      403,
      expect.stringMatching(/^Bearer realm="api", DPoP algs="ES256 EdDSA", error="insufficient_scope"/),
    ])
  })

  it('does not take the caller of one API for that of another', async () => {
    const origin = await start(() => {
      const other = createAuth({ domain: issuer.domain, audience: 'https://other.test', fetch: issuer.fetch })
      app.get('/', { onRequest: [auth0.requireAuth(), other.requireAuth()] }, async () => 'in')
    })
    expect((await fetch(origin, { headers: await bearer() })).status).toBe(401)
    const both = { aud: [String(issuer.audience), 'https://other.test'] }
    expect((await fetch(origin, { headers: await bearer(both) })).status).toBe(200)
  })

  it('refuses in a handler with the challenge of the scheme that was used', async () => {
    const origin = await start(() => {
      app.get('/', { onRequest: auth0.requireAuth() }, async ({ auth }) => auth.require({ scopes: 'admin' }))
    })
    const client = await dpopClient({ issuer })
    const refused = await client.fetch(`${origin}/`)
    expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer realm="api", DPoP .*scope="admin"$/)
  })

  it('keeps a preflight from later hooks and from validation', async () => {
    const seen: string[] = []
    const origin = await start(() => {
      app.route({
        method: ['GET', 'OPTIONS'],
        url: '/',
        schema: { querystring: { type: 'object', required: ['id'], properties: { id: { type: 'string' } } } },
        onRequest: auth0.requireAuth(),
        preParsing: async () => void seen.push('preParsing'),
        preHandler: async (_request, reply) => reply.send('SECRET'),
        handler: async () => 'in',
      })
    })
    const response = await fetch(origin, preflight)
    expect([response.status, await response.text(), seen]).toEqual([204, '', []])
  })
})
