import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { startTenant, type Tenant, type TenantSeed } from '../../src/index.js'
import { defaultSeed } from '../../src/tenant/default-seed.js'
import { type Ended, runCli } from '../support/cli.js'

export const workerSecret = 'a-secret-that-nobody-may-see'
export const messages = 'https://api.example.com'

/** What the default seed has, and one API or application for each refusal. */
const tokenSeed: TenantSeed = {
  ...defaultSeed,
  apis: [
    ...(defaultSeed.apis ?? []),
    { name: 'Plain', identifier: 'https://plain.test', permissions: { 'read:x': '' } },
    { name: 'Bound', identifier: 'https://bound.test', permissions: { 'read:x': '' }, dpop: 'required' },
  ],
  applications: [
    ...(defaultSeed.applications ?? []),
    {
      name: 'Worker',
      type: 'm2m',
      clientId: 'worker',
      clientSecret: workerSecret,
      grants: [{ api: messages }, { api: 'https://plain.test' }, { api: 'https://bound.test' }],
    },
    {
      name: 'Strict',
      type: 'm2m',
      clientId: 'strict',
      clientSecret: workerSecret,
      dpopRequired: true,
      grants: [{ api: 'https://plain.test' }],
    },
  ],
}

export function startTokenTenant(): Promise<Tenant> {
  return startTenant({ port: 0, seed: tokenSeed })
}

/** A folder of its own, which is gone in the end. */
export async function newFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'sallyport-token-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

export interface Received {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

/** A server that answers as it is told, or never where it is told nothing, and remembers what it received. */
export async function recordingServer(answer: (request: Received, count: number) => Answer | undefined) {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request
    received.push({ method, url, headers, body: await text(request) })
    const given = answer(received.at(-1) as Received, received.length)
    if (given === undefined) return
    response.writeHead(given.status ?? 200, { 'content-type': 'application/json', ...given.headers })
    response.end(given.body)
  })
  server.listen(0, 'localhost')
  await once(server, 'listening')
  const host = `localhost:${(server.address() as AddressInfo).port}`
  const close = async () => {
    server.closeAllConnections()
    server.close()
  }
  return { host, url: `http://${host}`, received, [Symbol.asyncDispose]: close }
}

/** Runs the CLI in an empty folder. */
export async function runAlone(
  parameters: readonly string[],
  env: Record<string, string> = {},
  input = '',
): Promise<Ended> {
  await using folder = await newFolder()
  // Without waiting here the folder would be gone at once.
  return await runCli(parameters, { cwd: folder.path, env, input })
}

/** The object of `--json`. */
export function jsonOf({ stdout }: Ended): {
  ok: boolean
  data?: Record<string, unknown>
  error?: Record<string, unknown>
} {
  return JSON.parse(stdout)
}
