import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestIssuer, dpopClient, type TestIssuer } from '../../packages/sallyport/src/testing/index.js'

interface Row {
  readonly title: string
  readonly method?: string
  readonly path: string
  readonly claims?: object
  readonly status: number
}

/** What every example answers: they are one app in several languages. */
const rows: readonly Row[] = [
  { title: 'the public route to anyone', path: '/api/public', status: 200 },
  { title: 'the private route to nobody without a token', path: '/api/private', status: 400 },
  { title: 'the private route to a token', path: '/api/private', claims: {}, status: 200 },
  { title: 'the messages to the right scope', path: '/api/messages', claims: { scope: 'read:messages' }, status: 200 },
  { title: 'the messages to no other scope', path: '/api/messages', claims: { scope: 'read:data' }, status: 403 },
  { title: 'data to one scope of two', method: 'POST', path: '/api/data', claims: { scope: 'read:data' }, status: 403 },
  {
    title: 'data to both scopes',
    method: 'POST',
    path: '/api/data',
    claims: { scope: 'read:data write:data' },
    status: 200,
  },
  {
    title: 'a deletion to the permission',
    method: 'DELETE',
    path: '/api/data',
    claims: { permissions: ['delete:data'] },
    status: 200,
  },
  {
    title: 'a deletion to no scope',
    method: 'DELETE',
    path: '/api/data',
    claims: { scope: 'delete:data' },
    status: 403,
  },
]

/** From the line that every server prints. */
async function portOf(output: AsyncIterable<unknown>): Promise<string> {
  let printed = ''
  for await (const chunk of output) {
    printed += String(chunk)
    const port = /listens at .*:(\d+)\s*$/m.exec(printed)?.[1]
    if (port !== undefined) return port
  }
  throw new Error('The API did not start.')
}

describe.each(['express', 'fastify', 'fetch', 'hono', 'nestjs'])('examples/%s', (name) => {
  let issuer: TestIssuer
  let api: ChildProcess
  let origin: string

  beforeAll(async () => {
    issuer = await createTestIssuer({ listen: true })
    const env = { ...process.env, AUTH0_DOMAIN: issuer.domain, AUTH0_AUDIENCE: String(issuer.audience), PORT: '0' }
    const started = spawn(process.execPath, ['--import', 'tsx', 'src/server.ts'], {
      cwd: `examples/${name}`,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    api = started
    origin = `http://localhost:${await portOf(started.stdout)}`
  }, 20_000)
  afterAll(async () => {
    const exit = once(api, 'exit')
    api.kill('SIGTERM')
    expect(await exit).toEqual([0, null])
    await issuer.close()
  })

  it.each(rows)('gives $title: $status', async ({ method = 'GET', path, claims, status }) => {
    const headers: Record<string, string> = { connection: 'close' }
    if (claims !== undefined) headers['authorization'] = `Bearer ${await issuer.token({ ...claims })}`
    expect((await fetch(`${origin}${path}`, { method, headers })).status).toBe(status)
  })

  it('takes a bound token with its proof, and the proof once', async () => {
    const client = await dpopClient({ issuer })
    const headers = { ...(await client.headers({ url: `${origin}/api/private` })), connection: 'close' }
    const statuses = [
      await fetch(`${origin}/api/private`, { headers }),
      await fetch(`${origin}/api/private`, { headers }),
    ]
    expect(statuses.map(({ status }) => status)).toEqual([200, 400])
  })
})
