import { afterAll } from 'vitest'
import { createHarness, type Harness, type HarnessOptions } from './harness.js'
import { createHostileServer, type HostileServer, type HostileServerOptions, json, jwksPath } from './hostile-server.js'

export interface HostileHarness extends Harness {
  readonly server: HostileServer
  /** What the server's key set says while all is well. */
  readonly goodKeys: { readonly keys: readonly unknown[] }
}

// At the end of the file: tests that run at the same time do not know which of them has finished.
const opened: HostileServer[] = []
afterAll(() => Promise.all(opened.map((server) => server.close())))

/** A harness whose issuer is a real server on loopback, reached by the global `fetch`. ES256, so that keys cost nothing. */
export async function createHostileHarness(
  { testIssuer, ...options }: HarnessOptions = {},
  serverOptions: HostileServerOptions = {},
): Promise<HostileHarness> {
  const server = await createHostileServer([], serverOptions)
  opened.push(server)
  const harness = await createHarness({
    testIssuer: { algorithm: 'ES256', issuer: server.issuer, ...testIssuer },
    algorithms: ['ES256'],
    fetch: globalThis.fetch,
    ...options,
  })
  const goodKeys = { keys: [harness.issuer.currentKey().publicJwk] }
  server.on(jwksPath, json(goodKeys))
  return { ...harness, server, goodKeys, fetches: () => server.requests() }
}

/** Runs until the condition holds; fails after two seconds. */
export async function eventually(condition: () => boolean): Promise<void> {
  const start = performance.now()
  while (!condition()) {
    if (performance.now() - start > 2000) throw new Error('It did not come to pass within two seconds.')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
