import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import cors from '@fastify/cors'
import Fastify from 'fastify'
import { corsHeaders } from 'sallyport'
import { createAuth } from 'sallyport/fastify'

/** An API on a real server that a page of another origin may call. */
export interface BrowserApi {
  readonly url: string
  /** Method, path and status of every answer. */
  readonly answers: readonly string[]
  close(): Promise<void>
}

export interface BrowserApiOptions {
  /** Of the tenant whose tokens are good. */
  readonly domain: string
  readonly audience: string
}

/** `/bearer` takes ordinary tokens, `/dpop` bound ones alone, and asks for a nonce of its own. */
export async function startBrowserApi({ domain, audience }: BrowserApiOptions): Promise<BrowserApi> {
  const forBearers = createAuth({ domain, audience })
  const nonce = { secrets: randomBytes(32).toString('base64url') }
  const forHolders = createAuth({ domain, audience, dpop: { mode: 'required', nonce } })
  const answers: string[] = []
  const app = Fastify({ forceCloseConnections: true })
  await app.register(cors, {
    origin: true,
    allowedHeaders: [...corsHeaders.allowed],
    exposedHeaders: [...corsHeaders.exposed],
  })
  await app.register(forBearers.plugin)
  app.addHook('onResponse', async ({ method, url }, { statusCode }) => {
    answers.push(`${method} ${url} ${statusCode}`)
  })
  for (const [path, { requireAuth }] of [
    ['/bearer', forBearers],
    ['/dpop', forHolders],
  ] as const)
    app.get(path, { onRequest: requireAuth({ scopes: 'read:messages' }) }, async ({ auth }) => ({
      sub: auth.claims.sub,
      scheme: auth.scheme,
    }))
  await app.listen({ host: 'localhost', port: 0 })
  const { port } = app.server.address() as AddressInfo
  return { url: `http://localhost:${port}`, answers, close: () => app.close() }
}
