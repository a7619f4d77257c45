import cors from '@fastify/cors'
import type { FastifyInstance } from 'fastify'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { FastifyAuth } from '../../src/adapters/fastify.js'
import { bearer, openSite, outcomeOf, type RawResponse, type Site, send } from '../support/raw-http.js'

const origin = 'Origin: https://spa.test'
const asksForGet = 'Access-Control-Request-Method: GET'
const preflight = [origin, asksForGet, 'Access-Control-Request-Headers: authorization']

describe.each(['rfc', 'auth0'] as const)('E. Methods, error profile %s', (errorProfile) => {
  let site: Site
  let token: string
  beforeAll(async () => {
    site = await openSite({
      errorProfile,
      routes: (app, auth0, handled) => {
        app.addHttpMethod('PURGE')
        app.route({
          method: ['GET', 'POST', 'OPTIONS', 'TRACE', 'PURGE'],
          url: '/guarded',
          onRequest: auth0.requireAuth(),
          handler: async ({ method }) => void handled.push(method),
        })
        app.get('/twins', async () => void handled.push('GET'))
        app.post('/twins', { onRequest: auth0.requireAuth() }, async () => void handled.push('POST'))
      },
    })
    token = await site.issuer.token()
  })
  afterAll(() => site.close())
  afterEach(() => {
    site.handled.length = 0
  })

  it('E24 guards HEAD as GET', async () => {
    const refused = await send(site, 'HEAD /guarded')
    expect(refused).toMatchObject({ status: errorProfile === 'rfc' ? 401 : 400, body: '' })
    expect(refused.headers['www-authenticate']).toBe('Bearer realm="api", DPoP algs="ES256 EdDSA"')
    expect(site.handled).toEqual([])
    expect((await send(site, 'HEAD /guarded', [bearer(token)])).status).toBe(200)
    expect(site.handled).toEqual(['HEAD'])
  })

  it.each(['GET', 'POST', 'OPTIONS', 'TRACE', 'PURGE'])('E24 guards %s', async (method) => {
    expect(outcomeOf(await send(site, `${method} /guarded`), site)).toBe('-')
    expect(outcomeOf(await send(site, `${method} /guarded`, [bearer('opaque')]), site)).toBe('T')
    expect(site.handled).toEqual([])
    expect(outcomeOf(await send(site, `${method} /guarded`, [bearer(token)]), site)).toBe('A')
    expect(site.handled).toEqual([method])
  })

  it.each(['FOO', 'get', 'Get', 'GET\u0000'])('E24 leaves the method %j to the HTTP server', async (method) => {
    expect(outcomeOf(await send(site, `${method} /guarded`), site)).toBe('400h')
    expect(site.handled).toEqual([])
  })

  const overrides = ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override', '_method']
  it.each(overrides)('E24 ignores %s', async (name) => {
    for (const method of ['GET', 'OPTIONS', 'HEAD', 'FOO']) {
      expect(outcomeOf(await send(site, 'POST /twins', [`${name}: ${method}`]), site)).toBe('-')
      expect(outcomeOf(await send(site, `POST /twins?_method=${method}`, [`${name}: ${method}`]), site)).toBe('-')
      expect(outcomeOf(await send(site, 'POST /guarded', [`${name}: ${method}`, ...preflight]), site)).toBe('-')
    }
    expect(site.handled).toEqual([])
    expect(outcomeOf(await send(site, 'POST /twins', [`${name}: GET`, bearer(token)]), site)).toBe('A')
    expect(site.handled).toEqual(['POST'])
  })

  it.each<[string, string, readonly string[], string]>([
    ['an origin', 'OPTIONS /guarded', [asksForGet], '-'],
    ['a requested method', 'OPTIONS /guarded', [origin], '-'],
    ['OPTIONS', 'GET /guarded', preflight, '-'],
    ['being free of credentials', 'OPTIONS /guarded', [...preflight, bearer('opaque')], 'T'],
    ['being free of other credentials', 'OPTIONS /guarded', [...preflight, 'Authorization: Basic x'], '-'],
  ])('E24 takes nothing for a preflight without %s', async (_, line, fields, outcome) => {
    expect(outcomeOf(await send(site, line, fields), site)).toBe(outcome)
    expect(site.handled).toEqual([])
  })
})

describe('E. Preflights', () => {
  let site: Site | undefined
  afterEach(() => site?.close())

  function guarded(app: FastifyInstance, handled: string[], onRequest?: ReturnType<FastifyAuth['requireAuth']>): void {
    app.route({
      method: ['GET', 'OPTIONS'],
      url: '/guarded',
      ...(onRequest === undefined ? {} : { onRequest }),
      handler: async ({ method }) => void handled.push(method),
    })
    app.get('/only-get', onRequest === undefined ? {} : { onRequest }, async () => void handled.push('GET'))
  }

  async function preflightTo(path: string, fields: readonly string[] = preflight): Promise<RawResponse> {
    if (site === undefined) throw new Error('There is no site.')
    return send(site, `OPTIONS ${path}`, fields)
  }

  it.each(['/guarded', '/only-get'])(
    'E24 leaves a preflight to %s to CORS that comes before the guard',
    async (path) => {
      site = await openSite({
        routes: async (app, auth0, handled) => {
          await app.register(cors, { origin: 'https://spa.test' })
          guarded(app, handled, auth0.requireAuth())
        },
      })
      expect(await preflightTo(path)).toMatchObject(answeredByCors)
      expect(site.handled).toEqual([])
    },
  )

  it.each(['/guarded', '/only-get'])(
    'E24 leaves a preflight to %s to CORS that comes after the guard',
    async (path) => {
      site = await openSite({
        routes: async (app, auth0, handled) => {
          app.addHook('onRequest', auth0.requireAuth())
          await app.register(cors, { origin: 'https://spa.test' })
          guarded(app, handled)
        },
      })
      expect(await preflightTo(path)).toMatchObject(answeredByCors)
      expect(site.handled).toEqual([])
      expect((await send(site, `GET ${path}`, [origin])).status).toBe(401)
    },
  )

  it('E24 answers a preflight itself where there is no CORS, and runs no handler', async () => {
    site = await openSite({ routes: (app, auth0, handled) => guarded(app, handled, auth0.requireAuth()) })
    const answer = await preflightTo('/guarded')
    expect(answer.status).toBe(204)
    expect(answer.headers['access-control-allow-origin']).toBeUndefined()
    expect((await preflightTo('/only-get')).status).toBe(404)
    expect(site.handled).toEqual([])
  })

  it.each(['*', '/*'])("E24 keeps a preflight from the app's own handler of OPTIONS %s", async (url) => {
    site = await openSite({
      routes: (app, auth0, handled) => {
        app.options(url, { onRequest: auth0.requireAuth() }, async () => void handled.push('OPTIONS'))
      },
    })
    expect((await preflightTo('/anything')).status).toBe(204)
    expect(site.handled).toEqual([])
    expect((await preflightTo('/anything', [])).status).toBe(401)
    expect(site.handled).toEqual([])
  })

  const answeredByCors = {
    status: 204,
    headers: { 'access-control-allow-origin': 'https://spa.test', 'access-control-allow-methods': expect.any(String) },
  }
})
