import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { HttpScheme, ProtectedRequest } from '../index.js'

/** A request of a Node server. What only DPoP and client certificates need is looked up when it is asked for. */
export class NodeRequest implements ProtectedRequest {
  readonly method: string
  readonly url: string
  readonly headers: readonly string[]
  readonly #socket: Socket & Partial<Pick<TLSSocket, 'encrypted' | 'getPeerCertificate'>>

  /** @param url The request target before any router or middleware rewrote it. */
  constructor(raw: IncomingMessage | Http2ServerRequest, method: string, url: string) {
    this.method = method
    this.url = url
    this.headers = raw.rawHeaders
    this.#socket = raw.socket
  }

  get scheme(): HttpScheme {
    return this.#socket.encrypted === true ? 'https' : 'http'
  }

  get remoteAddress(): string | undefined {
    return this.#socket.remoteAddress
  }

  clientCertificate(): Uint8Array | undefined {
    return this.#socket.getPeerCertificate?.()?.raw
  }
}
