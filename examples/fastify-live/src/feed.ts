import { type IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { type Answer, type Auth, answerTo, type ResourceServer } from 'sallyport'
import { type WebSocket, WebSocketServer } from 'ws'

const path = '/feed'
const requirement = { scopes: 'read:feed' }
/** "Unauthorized" in the registry of WebSocket close codes. */
const unauthorized = 3000

/**
 * A WebSocket that is open as long as its caller has a valid token. The handshake carries the first one; each message
 * `{ "authorization": "Bearer …" }` (with DPoP: `"dpop"` too, a proof for the URL of the handshake) brings a fresh one.
 */
export function serveFeed(server: Server, api: ResourceServer): void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 16 * 1024 })
  server.on('upgrade', async (request, socket: Socket, head) => {
    socket.on('error', () => socket.destroy())
    if (request.url?.split('?', 1)[0] !== path) return refuse(request, socket, notFound)
    try {
      const auth = await api.authenticate(handshake(request, request.rawHeaders), requirement)
      sockets.handleUpgrade(request, socket, head, (connection) => serve(connection, request, auth))
    } catch (error) {
      refuse(request, socket, answerTo(error, api))
    }
  })

  function serve(connection: WebSocket, request: IncomingMessage, auth: Auth): void {
    const session = auth.session({ onExpired: () => connection.close(unauthorized, 'The access token has expired.') })
    connection.on('close', () => session.close())
    connection.on('message', async (message) => {
      try {
        const fresh = await api.authenticate(handshake(request, fieldsOf(String(message), request)), requirement)
        session.renew(fresh)
        connection.send(JSON.stringify({ renewed: true, exp: fresh.claims.exp }))
      } catch (error) {
        connection.send(JSON.stringify(answerTo(error, api).body))
      }
    })
    connection.send(JSON.stringify({ hello: auth.claims.sub, exp: auth.claims.exp }))
  }
}

function handshake({ method = 'GET', url = path, socket }: IncomingMessage, headers: readonly string[]) {
  return { method, url, headers, remoteAddress: socket.remoteAddress }
}

/** The field lines of the handshake, with the credentials of a message in place of its own. */
function fieldsOf(message: string, { rawHeaders }: IncomingMessage): readonly string[] {
  const kept = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 && !/^(?:authorization|dpop)$/i.test(name) ? [name, rawHeaders[index + 1] ?? ''] : [],
  )
  const { authorization, dpop } = parsed(message)
  return [...kept, 'authorization', String(authorization ?? ''), ...(dpop === undefined ? [] : ['dpop', String(dpop)])]
}

function parsed(message: string): { readonly authorization?: unknown; readonly dpop?: unknown } {
  try {
    return Object(JSON.parse(message))
  } catch {
    return {}
  }
}

const notFound = { status: 404, headers: {}, body: { error_description: 'There is nothing here.' } }

/** The upgrade is refused as any request is: with status, challenges and body. */
function refuse(request: IncomingMessage, socket: Socket, { status, headers, body }: Answer): void {
  const response = new ServerResponse(request)
  response.shouldKeepAlive = false
  response.assignSocket(socket)
  response.once('finish', () => socket.end())
  response.writeHead(status, { ...headers, 'content-type': 'application/json; charset=utf-8' })
  response.end(JSON.stringify(body))
}
