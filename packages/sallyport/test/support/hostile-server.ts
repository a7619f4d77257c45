import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { createGzip } from 'node:zlib'
import type { Certificate } from './certificate.js'

/** What a path does with a request. */
export type Behaviour = (request: IncomingMessage, response: ServerResponse) => void

/** An HTTP server on loopback that keeps no rule. */
export interface HostileServer {
  /** The issuer identifier under which it can be reached. */
  readonly issuer: string
  readonly port: number
  /** How often a path was asked for; of all paths without an argument. */
  requests(path?: string): number
  /** The most bytes that one connection has been sent. */
  bytesSent(): number
  /** From now on this path does this. A path without a behaviour answers 404. */
  on(path: string, behaviour: Behaviour): void
  close(): Promise<void>
}

export interface HostileServerOptions {
  readonly port?: number
  readonly tls?: Certificate
}

export const metadataPath = '/.well-known/openid-configuration'
export const jwksPath = '/jwks.json'

/** Serves good metadata of its own and these keys, until it is told to do something else. */
export async function createHostileServer(
  keys: readonly unknown[],
  { port = 0, tls }: HostileServerOptions = {},
): Promise<HostileServer> {
  const behaviours = new Map<string, Behaviour>()
  const counts = new Map<string, number>()
  const sockets = new Set<Socket>()
  const listener: RequestListener = (request, response) => {
    const path = request.url ?? '/'
    counts.set(path, (counts.get(path) ?? 0) + 1)
    const behaviour = behaviours.get(path) ?? status(404)
    behaviour(request, response)
  }
  const server: Server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener)
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
  })
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, tls === undefined ? '127.0.0.1' : 'localhost', resolve)
  })
  const bound = (server.address() as AddressInfo).port
  const issuer = tls === undefined ? `http://127.0.0.1:${bound}/` : `https://localhost:${bound}/`
  behaviours.set(metadataPath, json({ issuer, jwks_uri: new URL(jwksPath, issuer).href }))
  behaviours.set(jwksPath, json({ keys }))
  return {
    issuer,
    port: bound,
    requests: (path) =>
      path === undefined ? [...counts.values()].reduce((sum, count) => sum + count, 0) : (counts.get(path) ?? 0),
    bytesSent: () => Math.max(0, ...[...sockets].map((socket) => socket.bytesWritten)),
    on: (path, behaviour) => void behaviours.set(path, behaviour),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

/** A loopback port on which nothing listens. */
export async function unusedPort(): Promise<number> {
  const { port, close } = await createHostileServer([])
  await close()
  return port
}

export function json(document: unknown, headers: Readonly<Record<string, string>> = {}): Behaviour {
  return text(JSON.stringify(document), { 'content-type': 'application/json', ...headers })
}

export function text(body: string, headers: Readonly<Record<string, string>>): Behaviour {
  return (_, response) => response.writeHead(200, headers).end(body)
}

export function status(code: number, headers: Readonly<Record<string, string>> = {}): Behaviour {
  return (_, response) => response.writeHead(code, headers).end()
}

/** Answers, but not at once. */
export function late(seconds: number, behaviour: Behaviour): Behaviour {
  return (request, response) => {
    const timer = setTimeout(() => behaviour(request, response), seconds * 1000)
    response.once('close', () => clearTimeout(timer))
  }
}

/** 304 for whoever has this `ETag`, else the document. */
export function revalidated(document: unknown, etag: string): Behaviour {
  return (request, response) =>
    (request.headers['if-none-match'] === etag ? status(304, { etag }) : json(document, { etag }))(request, response)
}

export const silent: Behaviour = () => {}

export const reset: Behaviour = (request) => void request.socket.resetAndDestroy()

export const hangUp: Behaviour = (request) => void request.socket.destroy()

export const headerDrip: Behaviour = (request) => {
  request.socket.write('HTTP/1.1 200 OK\r\nX-Drip: ')
  everySecond(request.socket, () => request.socket.write('x'))
}

export const bodyDrip: Behaviour = (request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).write('{')
  everySecond(request.socket, () => response.write(' '))
}

/** Promises this many bytes, and sends them as fast as they are taken. */
export function large(bytes: number): Behaviour {
  return (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes })
    pour(response, bytes)
  }
}

export const endlessChunks: Behaviour = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  pour(response, Number.POSITIVE_INFINITY)
}

/** A thousand times larger than it looks. */
export function gzipBomb(bytes: number): Behaviour {
  return (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
    const gzip = createGzip({ level: 9 })
    gzip.pipe(response)
    pour(gzip, bytes)
  }
}

function everySecond(socket: Socket, tick: () => void): void {
  const timer = setInterval(tick, 1000)
  socket.once('close', () => clearInterval(timer))
}

function pour(sink: NodeJS.WritableStream, bytes: number): void {
  const block = Buffer.alloc(64 * 1024, 0x20)
  let left = bytes
  let gone = false
  sink.once('close', () => {
    gone = true
  })
  const more = () => {
    while (left > 0 && !gone) {
      left -= block.length
      if (!sink.write(left < 0 ? block.subarray(0, block.length + left) : block)) {
        sink.once('drain', more)
        return
      }
    }
    if (!gone) sink.end()
  }
  more()
}
