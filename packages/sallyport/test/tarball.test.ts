import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const run = promisify(execFile)
const packageFolder = fileURLToPath(new URL('..', import.meta.url))
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')

const use = `
const issuer = await createTestIssuer()
const auth0 = createAuth({ domain: issuer.domain, audience: issuer.audience, fetch: issuer.fetch })
const api = createResourceServer({ domain: issuer.domain, audience: issuer.audience, fetch: issuer.fetch })
const headers = { authorization: 'Bearer ' + (await issuer.token({ scope: 'a' })) }
const auth = await api.authenticate({ method: 'GET', url: '/', headers }, { scopes: 'a' })
const app = Fastify()
await app.register(auth0.plugin)
app.get('/', { onRequest: auth0.requireAuth({ scopes: 'a' }) }, async (request) => request.auth.claims.sub)
const response = await app.inject({ url: '/', headers })
const client = await dpopClient({ issuer })
const bound = await client.headers({ url: 'https://api.test/' })
const proved = { method: 'GET', url: '/', headers: { ...bound, host: 'api.test' }, scheme: 'https' as const }
const scheme = (await api.authenticate(proved)).scheme
const store = typeof redisReplayStore
console.log(auth.claims.sub, response.statusCode, response.payload, (await app.inject('/')).statusCode, scheme, store)
`

const javascript = use.replaceAll(' as const', '')
const said = 'user|test 200 user|test 400 DPoP function'

const imports = `
import Fastify from 'fastify'
import { createResourceServer } from 'sallyport'
import { createAuth } from 'sallyport/fastify'
import { redisReplayStore } from 'sallyport/redis'
import { createTestIssuer, dpopClient } from 'sallyport/testing'
`

const requires = `
const Fastify = require('fastify')
const { createResourceServer } = require('sallyport')
const { createAuth } = require('sallyport/fastify')
const { redisReplayStore } = require('sallyport/redis')
const { createTestIssuer, dpopClient } = require('sallyport/testing')
`

describe('the packed tarball', () => {
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sallyport-'))
    const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], {
      cwd: packageFolder,
    })
    await writeFile(join(folder, 'package.json'), '{"private":true,"type":"module"}')
    const packages = [`./${stdout.trim()}`, 'fastify@5', '@types/node@20']
    await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...packages], { cwd: folder })
  }, 120_000)
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  async function outputOf(file: string, source: string): Promise<string> {
    await writeFile(join(folder, file), source)
    return (await run(process.execPath, ['--no-warnings', file], { cwd: folder })).stdout.trim()
  }

  it('works by import from ESM', async () => {
    expect(await outputOf('esm.mjs', imports + javascript)).toBe(said)
  })

  it('works by require from CJS', async () => {
    expect(await outputOf('cjs.cjs', `${requires}\n;(async () => {${javascript}})()`)).toBe(said)
  })

  it('has types for a strict project that checks its libraries', async () => {
    await writeFile(
      join(folder, 'typed.ts'),
      `${imports}${use}\nconst subject: string | undefined = auth.claims.sub\nexport { subject }\n`,
    )
    const options = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2022', '--types', 'node']
    await expect(run(process.execPath, [tsc, ...options, 'typed.ts'], { cwd: folder })).resolves.toMatchObject({
      stdout: '',
    })
  })

  it('loads the core, the store and the test kit where neither Fastify nor a Redis client is installed', async () => {
    await rm(join(folder, 'node_modules', 'fastify'), { recursive: true, force: true })
    const source = `import 'sallyport'\nimport 'sallyport/redis'\nimport 'sallyport/testing'\nconsole.log('loaded')`
    expect(await outputOf('alone.mjs', source)).toBe('loaded')
  })

  it.each([
    ['express', 'express@5'],
    ['hono', 'hono@4'],
    ['fetch', undefined],
  ])('loads sallyport/%s with that framework alone', async (name, framework) => {
    if (framework !== undefined)
      await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', framework], { cwd: folder })
    const use = `createAuth({ domain: 'tenant.eu.auth0.com', audience: 'a' }).resourceServer.errorProfile`
    const esm = `import { createAuth } from 'sallyport/${name}'\nconsole.log(${use})`
    expect(await outputOf(`${name}.mjs`, esm)).toBe('auth0')
    expect(
      await outputOf(`${name}.cjs`, `const { createAuth } = require('sallyport/${name}')\nconsole.log(${use})`),
    ).toBe('auth0')
  })

  it('holds no sources, tests or maps', async () => {
    const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--dry-run', '--json'], { cwd: packageFolder })
    const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }]
    const unexpected = files
      .map(({ path }) => path)
      .filter((path) => !/^(?:dist\/.*\.(?:js|d\.ts)|package\.json|README\.md|LICENSE)$/.test(path))
    expect(unexpected).toEqual([])
  })
})
