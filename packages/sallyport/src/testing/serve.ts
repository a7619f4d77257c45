import type { AddressInfo } from 'node:net'

/** What a path answers; the two words stand for a broken connection and for silence. */
export type Served = Response | 'no-connection' | 'no-answer'

export type Responder = (path: string) => Promise<Served>

/** Answers a fetch in the process, as a server behind a network would. */
export async function fetchFrom(respond: Responder, request: Request): Promise<Response> {
  const served = await respond(new URL(request.url).pathname)
  if (served === 'no-connection') throw new TypeError('fetch failed')
  if (served !== 'no-answer') return served
  return new Promise((_, reject) => {
    request.signal.addEventListener('abort', () => reject(request.signal.reason), { once: true })
  })
}

export interface LoopbackServer {
  readonly port: number
  close(): Promise<void>
}

/** Serves over real HTTP, on loopback only. `node:http` is loaded here, so that the rest of the kit runs anywhere. */
export async function listenOnLoopback(port: number, respond: Responder): Promise<LoopbackServer> {
  const { createServer } = await import('node:http')
  const { Readable } = await import('node:stream')
  const { pipeline } = await import('node:stream/promises')
  const server = createServer(async (request, response) => {
    const served = await respond(request.url?.split('?', 1)[0] ?? '/')
    if (served === 'no-answer') return
    if (served === 'no-connection') {
      request.socket.destroy()
      return
    }
    response.writeHead(served.status, Object.fromEntries(served.headers))
    if (served.body === null) response.end()
    // A client that gives up on a broken body is what an outage is for.
    else
      await pipeline(Readable.fromWeb(served.body as Parameters<typeof Readable.fromWeb>[0]), response).catch(() => {})
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, 'localhost', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
