import { type INestApplication, VersioningType } from '@nestjs/common'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import express5, { type RequestHandler } from 'express'
import express4 from 'express4'
import type { FastifyInstance } from 'fastify'
import { Hono } from 'hono'
import { methodOverride } from 'hono/method-override'
import { LinearRouter } from 'hono/router/linear-router'
import { PatternRouter } from 'hono/router/pattern-router'
import { TrieRouter } from 'hono/router/trie-router'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AuthVariables } from '../../src/adapters/hono.js'
import { createTestIssuer, type DpopClient, dpopClient, type TestIssuer } from '../../src/testing/index.js'
import { bearer } from '../support/raw-http.js'
import * as stacks from '../support/route-guard-stacks.js'

const { judge, onExpress, onFastify, onHono, onNest, openGuarded, spelled, spellings, targets } = stacks

const origin = 'http://api.test'
const mismatch = '400 challenge proof_uri_mismatch'
const admitted = '200 request.admitted handled'

let issuer: TestIssuer
let client: DpopClient
let token: string
beforeAll(async () => {
  issuer = await createTestIssuer({ algorithm: 'ES256' })
  client = await dpopClient({ issuer })
  token = await issuer.token()
})

const gets = (text: string, prefix: string) => targets(text, prefix).map((target) => `GET ${target}`)

/** The two field lines of a request for this URI. */
async function proven(url: string, method = 'GET'): Promise<readonly string[]> {
  const { authorization, dpop } = await client.headers({ url, method })
  return [`Authorization: ${authorization}`, `DPoP: ${dpop}`]
}

/** Which of these requests find their handler. Fails when one finds it without the guard. */
async function guardedOf(app: stacks.GuardedApp, lines: readonly string[], fields: readonly string[] = []) {
  const { guarded = [], 'not found': _, 'only guarded': __, ...others } = await judge(app, token, lines, fields)
  expect(others).toEqual({})
  return guarded
}

/** `found`: the spellings of `/admin` that its handler is found by. */
type Row = readonly [name: string, prefix: string, found: string, start: stacks.StartApp]

const v1 = '/api/v1'
const { written, encoded, slash, slashes, semicolon, letters } = spelled
const usual = `${written} ${spelled.otherUri} ${spelled.userUri} ${spelled.fragment}`
const sameUri = `${written} ${encoded} ${spelled.upperUri} /%61pi/v1/admin`

const [sensitive, strict] = ['case sensitive routing', 'strict routing'] as const
const strictExpress = `${usual} ${spelled.upperUri} ftp://api.test~/admin http://~/admin`
const looseExpress = `${strictExpress} ${slash} ${letters} ${spelled.lettersAndSlash}`
const expresses = [
  { name: 'Express 4', framework: express4, doubled: '~//admin http://api.test~//admin' },
  { name: 'Express 5', framework: express5, doubled: '' },
] as const
const expressRows = expresses.flatMap(({ name, framework, doubled }): readonly Row[] => {
  const withRouter = (place: 'its routes' | 'a mounted router' | 'a mount') =>
    onExpress(framework, ({ app, guard, route }) => {
      const router = framework.Router()
      if (place === 'a mounted router') router.use(guard)
      route(router, ...(place === 'its routes' ? [guard] : []))
      app.use(v1, ...(place === 'a mount' ? [guard] : []), router)
    })
  const withApps = onExpress(framework, ({ app, guard, route }) => {
    const inner = framework().use(guard)
    route(inner)
    app.use('/api', framework().use('/v1', inner))
  })
  const mounted = `${looseExpress} ${doubled} /API/v1/admin`
  const set = (...settings: readonly string[]) => onExpress(framework, undefined, settings)
  return [
    [name, '', looseExpress, set()],
    [`${name}, ${sensitive}`, '', `${strictExpress} ${slash}`, set(sensitive)],
    [`${name}, ${strict}`, '', `${strictExpress} ${letters}`, set(strict)],
    [`${name}, ${sensitive} and ${strict}`, '', strictExpress, set(sensitive, strict)],
    [`${name}, guard on the routes of a mounted router`, v1, mounted, withRouter('its routes')],
    [`${name}, guard on a mounted router`, v1, mounted, withRouter('a mounted router')],
    [`${name}, guard on a mount`, v1, mounted, withRouter('a mount')],
    [`${name}, guard on an app in an app`, v1, `${mounted} ${doubled && '/api//v1/admin'}`, withApps],
  ]
})

const strictHono = `${usual} ${encoded} ${spelled.dots}`
const looseHono = `${strictHono} ${slash} ${spelled.dotAtEnd}`
const innerHono = `${strictHono} /%61pi/v1/admin /api/./v1/admin`
const honoWith = (mount: 'route' | 'mount') =>
  onHono(({ app, guard, route }) => {
    const inner = new Hono<AuthVariables>().use(guard)
    route(inner)
    if (mount === 'route') app.route(v1, inner)
    else app.mount(v1, inner.fetch)
  })
const honoBelow = onHono(({ app, guard, route }) => {
  const inner = app.basePath(v1) as typeof app
  route(inner.use(guard))
})
const honoRows: readonly Row[] = [
  ['Hono', '', strictHono, onHono()],
  ['Hono, strict: false', '', looseHono, onHono(undefined, () => ({ strict: false }))],
  ['Hono, TrieRouter', '', strictHono, onHono(undefined, () => ({ router: new TrieRouter() }))],
  ['Hono, LinearRouter', '', looseHono, onHono(undefined, () => ({ router: new LinearRouter() }))],
  ['Hono, PatternRouter', '', looseHono, onHono(undefined, () => ({ router: new PatternRouter() }))],
  ['Hono, basePath and use', v1, innerHono, honoBelow],
  ['Hono, route', v1, innerHono, honoWith('route')],
  ['Hono, mount', v1, innerHono.replace(spelled.userUri, ''), honoWith('mount')],
]

const overlooked = {
  ignoreTrailingSlash: [true, slash],
  ignoreDuplicateSlashes: [true, slashes],
  caseSensitive: [false, `${letters} ${spelled.encodedLetters}`],
  useSemicolonDelimiter: [true, semicolon],
} as const
const everything = Object.fromEntries(Object.entries(overlooked).map(([name, [value]]) => [name, value]))
const onFastifies = `${usual} ${encoded}`
const all = `${slash} ${slashes} ${letters} ${spelled.encodedLetters} ${semicolon} ${spelled.lettersAndSlash}
  ${spelled.slashesAtEnd} /API/v1/admin /api//v1/admin /%61pi/v1/admin`
const belowPrefix = (routerOptions: object, wildcard = false) =>
  onFastify(
    async ({ app, guard, handler, route }) => {
      const scoped = async (scope: FastifyInstance) => {
        scope.addHook('onRequest', guard)
        if (wildcard) scope.get('/*', handler)
        else route(scope)
      }
      await app.register(scoped, { prefix: v1 })
    },
    { routerOptions },
  )
const inFastify = `${onFastifies} ${spelled.upperUri}`
const fastifyRows: readonly Row[] = [
  ['Fastify', '', inFastify, onFastify()],
  ['Fastify, a hook below a prefix', v1, `${inFastify} /%61pi/v1/admin`, belowPrefix({})],
  ['Fastify, everything overlooked', v1, `${inFastify} ${all}`, belowPrefix(everything)],
]

type NestSettings = Parameters<typeof onNest>[1]
const nestExpress = (settings?: NestSettings, ...routing: readonly string[]) =>
  onNest(() => {
    const app = express5()
    for (const name of routing) app.enable(name)
    return new ExpressAdapter(app)
  }, settings)
const nestFastify = (settings?: NestSettings, routerOptions: object = {}) =>
  onNest(() => new FastifyAdapter({ routerOptions }), settings)
const versioned = {
  version: '1',
  configure: (app: INestApplication) => app.setGlobalPrefix('api').enableVersioning({ type: VersioningType.URI }),
}
const routed = { path: 'v1', configure: (app: INestApplication) => app.setGlobalPrefix('api') }
const decorated = { protect: 'decoratedRoutes' } as const
// Its version of Fastify's router looks for the path of a URI without one in the query.
const inNest = `${onFastifies} http://api.test?~/admin`
const nestRows: readonly Row[] = [
  ['Nest on Express', '', looseExpress, nestExpress()],
  ['Nest on Express, strict settings', '', strictExpress, nestExpress({}, sensitive, strict)],
  ['Nest on Express, @RequireAuth', '', looseExpress, nestExpress(decorated)],
  ['Nest on Express, prefix and version', v1, `${looseExpress} /API/v1/admin`, nestExpress(versioned)],
  ['Nest on Express, RouterModule', v1, `${looseExpress} /API/v1/admin`, nestExpress(routed)],
  ['Nest on Fastify', '', inNest, nestFastify()],
  ['Nest on Fastify, @RequireAuth', '', inNest, nestFastify(decorated)],
  ['Nest on Fastify, RouterModule', v1, `${inNest} /%61pi/v1/admin`, nestFastify(routed)],
  ['Nest on Fastify, prefix and version', v1, `${inNest} /%61pi/v1/admin`, nestFastify(versioned)],
  ['Nest on Fastify, everything overlooked', v1, `${inNest} ${all}`, nestFastify(versioned, everything)],
  ...Object.entries(overlooked).map(([name, [value, found]]): Row => {
    return [`Nest on Fastify, ${name}: ${value}`, '', `${inNest} ${found}`, nestFastify({}, { [name]: value })]
  }),
]

const preflight = ['Origin: https://spa.test', 'Access-Control-Request-Method: GET']
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY', 'PROPFIND', 'M-SEARCH']

describe.each([...expressRows, ...honoRows, ...fastifyRows, ...nestRows])('F. %s', (_, prefix, found, start) => {
  let app: stacks.GuardedApp
  beforeAll(async () => {
    app = await openGuarded(issuer, start)
  })
  afterAll(() => app[Symbol.asyncDispose]())

  it('F29 guards every spelling that its handler is found by', async () => {
    const guarded = await guardedOf(app, gets(spellings, prefix))
    expect(new Set(guarded)).toEqual(new Set(gets(found, prefix)))
  })

  it('F29 admits a proof with the spellings of its own URI only', async () => {
    const own = new Set(targets(sameUri, prefix))
    for (const target of targets(found, prefix)) {
      const outcome = await app.ask(`GET ${target}`, await proven(`${origin}${prefix}/admin`))
      if (own.has(target)) expect([target, outcome]).toEqual([target, admitted])
      else expect(outcome).toMatch(/^400 challenge (?:proof_uri_mismatch|request_target_refused)$/)
    }
  })

  it('F29 guards what parameters and wildcards match', async () => {
    const guarded = await guardedOf(
      app,
      gets(
        `~/users/a ~/users/a%2fb ~/users/.. ~/users/%2e%2e ~/users/%00 ~/users/ ~/users ~/users;x ~/USERS/a ~/files/a
        ~/files/a/../b ~/files/%2e%2e/b ~/files// ~/files/ ~/files ~/files/..%2f..%2f ~/files/admin;x=1`,
        prefix,
      ),
    )
    expect(guarded).toEqual(expect.arrayContaining(gets('~/users/a ~/users/a%2fb ~/files/a', prefix)))
  })

  it('F29 guards every method, and lets no preflight reach a handler', async () => {
    const lines = (path: string) => methods.map((method) => `${method} ${prefix}${path}`)
    expect(await guardedOf(app, lines('/every'))).toEqual(expect.arrayContaining(lines('/every').slice(0, 7)))
    expect(await guardedOf(app, lines('/admin'))).toEqual(lines('/admin').slice(0, 2))
    const options = `OPTIONS ${prefix}/every`
    for (const field of preflight) expect(await guardedOf(app, [options], [field])).toEqual([options])
    expect(await app.ask(options, preflight)).toBe('204')
    expect(await app.ask(options, [...preflight, bearer(token)])).toBe(admitted)
  })

  it.each(['GET', 'HEAD', 'OPTIONS'])('F29 finds no handler by X-HTTP-Method-Override: %s', async (method) => {
    const fields = [`X-HTTP-Method-Override: ${method}`, ...preflight]
    expect(await guardedOf(app, [`POST ${prefix}/admin?_method=${method}`], fields)).toEqual([])
    expect(await guardedOf(app, [`POST ${prefix}/every`], fields)).toEqual([`POST ${prefix}/every`])
  })

  it('F28 wants the whole URI that the client asked for', async () => {
    for (const path of targets('~/admin ~/admin?x=1 ~/users/a%2fb ~/files/a/b', prefix)) {
      expect(await app.ask(`GET ${path}`, await proven(`${origin}${path}`))).toBe(admitted)
      expect(await app.ask(`HEAD ${path}`, await proven(`${origin}${path}`, 'HEAD'))).toBe(admitted)
    }
    const others =
      prefix === '' ? '/ /admin/ /x/admin /:id' : '/admin ~~/admin /api/admin /v1/admin ~ ~/ ~/admin/ ~/:id'
    for (const other of targets(others, prefix))
      expect(await app.ask(`GET ${prefix}/admin`, await proven(`${origin}${other}`))).toBe(mismatch)
  })

  it('F28 puts publicUrl before the whole path', async () => {
    await using pinned = await openGuarded(issuer, start, 'https://api.test/public')
    const ask = async (base: string) => pinned.ask(`GET ${prefix}/admin`, await proven(`${base}${prefix}/admin`))
    expect(await ask('https://api.test/public')).toBe(admitted)
    for (const base of [origin, 'https://api.test', 'https://api.test/public/public', 'http://api.test/public'])
      expect(await ask(base)).toBe(mismatch)
  })
})

describe('F. Hooks of Fastify', () => {
  it.each([{}, everything])('F29 guards all that a wildcard below a prefix matches, with %j', async (routerOptions) => {
    await using app = await openGuarded(issuer, belowPrefix(routerOptions, true))
    const matched = `${inFastify} ${slash} ${letters} ~//admin ${semicolon} ${spelled.dots} ~/%2561dmin ~/admin%00`
    expect(await guardedOf(app, gets(spellings, v1))).toEqual(expect.arrayContaining(gets(matched, v1)))
  })

  it.each(['onRequest', 'preValidation', 'preHandler'])(
    'F29 lets no preflight past a guard as %s hook',
    async (hook) => {
      const start = onFastify(({ app, guard, handler }) => app.all('/every', { [hook]: guard }, handler))
      await using app = await openGuarded(issuer, start)
      expect(await guardedOf(app, ['OPTIONS /every'])).toEqual(['OPTIONS /every'])
      expect(await app.ask('OPTIONS /every', preflight)).toBe('204')
    },
  )
})

describe('F. Guards on a path instead of a route', () => {
  const afterSlash = `${slash} ${spelled.slashesAtEnd} ${spelled.dotAtEnd}`
  const onHonoPath = (path: string, settings = {}, route = '/admin') =>
    onHono(
      ({ app, guard, handler }) => void app.use(path, guard).get(route, handler),
      () => settings,
    )
  const rows = expresses.flatMap(({ name, framework, doubled }): readonly Row[] => {
    const onPath = (path: string, mount: string, ...settings: readonly string[]) =>
      onExpress(
        framework,
        ({ app, guard, handler }) => void app.use(path, guard).use(mount, framework.Router().get('/admin', handler)),
        settings,
      )
    const onParameter = onExpress(framework, ({ app, guard, handler }) => {
      app.use('/admin', guard).get('/:page', (request, response, next) => {
        if (request.params['page'] === 'admin') handler(request, response, next)
        else next()
      })
    })
    return [
      [`${name}, a router`, '', '', onPath('/admin', '/')],
      [
        `${name}, ${sensitive}, a router`,
        '',
        `${letters} ${spelled.lettersAndSlash}`,
        onPath('/admin', '/', sensitive),
      ],
      [`${name}, a router on a part of the path`, v1, doubled, onPath(`${v1}/admin`, v1)],
      [`${name}, a route with a parameter`, '', encoded, onParameter],
    ]
  })
  it.each<Row>([
    ...rows,
    ['Hono, /admin/*', '', '', onHonoPath('/admin/*')],
    ['Hono, /admin/*, strict: false', '', '', onHonoPath('/admin/*', { strict: false })],
    ['Hono, /admin/*, a route with a parameter', '', '', onHonoPath('/admin/*', {}, '/:page{admin}')],
    ['Hono, /admin, a route with a wildcard', '', afterSlash, onHonoPath('/admin', {}, '/admin/*')],
  ])('F29 says what reaches a handler past a guard on its path: %s', async (_, prefix, past, start) => {
    await using app = await openGuarded(issuer, start)
    const { open = [], ...others } = await judge(app, token, gets(spellings, prefix))
    expect(new Set(open)).toEqual(new Set(gets(past, prefix)))
    expect(['guarded', 'not found', 'only guarded']).toEqual(expect.arrayContaining(Object.keys(others)))
    expect(others['guarded']).toEqual(expect.arrayContaining(gets(written, prefix)))
  })
})

const toAdmin: RequestHandler = (request, _response, next) => {
  request.url = request.url.replace('/old', '/admin')
  next()
}
const override: RequestHandler = (request, _response, next) => {
  request.method = request.get('X-HTTP-Method-Override') ?? request.method
  next()
}
const rewriteUrl = ({ url = '' }: { readonly url?: string | undefined }) => url.replace('/old', '/admin')

describe('F. Rewritten requests', () => {
  type Start = readonly [name: string, start: stacks.StartApp]
  const behind = (middleware: RequestHandler): readonly Start[] => [
    ...expresses.map(({ name, framework }): Start => {
      return [name, onExpress(framework, ({ app, guard, route }) => route(app.use(middleware), guard))]
    }),
    ['Nest on Express', nestExpress({ configure: (app) => app.use(middleware) })],
  ]
  const askingItself = onHono(({ app, guard, route }) => {
    app.get('/old', (c) => app.request('/admin', { headers: c.req.raw.headers }, c.env))
    route(app, guard)
  })
  const overriding = onHono(({ app, guard, route }) => {
    app.use(methodOverride({ app, header: 'X-HTTP-Method-Override' }))
    route(app, guard)
  })

  it.each<Start>([
    ...behind(toAdmin),
    ['Fastify', onFastify(undefined, { rewriteUrl })],
    ['Hono', askingItself],
    ['Nest on Fastify', onNest(() => new FastifyAdapter({ rewriteUrl }))],
  ])('F30 compares the target that the client asked for on %s', async (_, start) => {
    await using app = await openGuarded(issuer, start)
    expect(await guardedOf(app, ['GET /old', 'GET /admin'])).toEqual(['GET /old', 'GET /admin'])
    expect(await app.ask('GET /old', await proven(`${origin}/old`))).toBe(admitted)
    expect(await app.ask('GET /old', await proven(`${origin}/admin`))).toBe(mismatch)
  })

  it('F30 compares what middleware leaves of a rewritten target on Nest on Fastify', async () => {
    const configure = (app: INestApplication) => app.use((_: unknown, __: unknown, next: () => void) => next())
    await using app = await openGuarded(
      issuer,
      onNest(() => new FastifyAdapter({ rewriteUrl }), { configure }),
    )
    expect(await guardedOf(app, ['GET /old'])).toEqual(['GET /old'])
    expect(await app.ask('GET /old', await proven(`${origin}/old`))).toBe(mismatch)
    expect(await app.ask('GET /old', await proven(`${origin}/admin`))).toBe(admitted)
  })

  it.each<Start>([...behind(override), ['Hono', overriding]])(
    'F29 guards the handler that a method override finds on %s, and wants a proof for its method',
    async (_, start) => {
      await using app = await openGuarded(issuer, start)
      const fields = ['X-HTTP-Method-Override: GET']
      expect(await guardedOf(app, ['POST /admin'], fields)).toEqual(['POST /admin'])
      const ask = async (method: string) =>
        app.ask('POST /admin', [...fields, ...(await proven(`${origin}/admin`, method))])
      expect([await ask('GET'), await ask('POST')]).toEqual([admitted, '400 challenge proof_method_mismatch'])
    },
  )
})
