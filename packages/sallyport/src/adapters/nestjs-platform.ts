import type { IncomingMessage } from 'node:http'
import type { Auth } from '../index.js'
import type { AppAnswer } from './guarding.js'
import { NodeRequest } from './node-request.js'

/** What the requests of Express and of Fastify have in common. */
export interface PlatformRequest extends IncomingMessage {
  readonly method: string
  readonly originalUrl: string
  /** The request below that of Fastify. */
  readonly raw?: IncomingMessage
  auth?: Auth | undefined
}

export function protectedRequest(request: PlatformRequest): NodeRequest {
  return new NodeRequest(
    request.raw?.rawHeaders === undefined ? request : request.raw,
    request.method,
    request.originalUrl,
  )
}

/** What the responses of Express and of Fastify have in common, and what only the one or the other has. */
export interface PlatformResponse {
  header(name: string, value: string | string[]): unknown
  readonly headersSent?: boolean
  readonly removeHeader?: (name: string) => void
  readonly sent?: boolean
  readonly raw?: { readonly headersSent: boolean }
  readonly hijack?: () => unknown
  readonly type?: (contentType: string) => unknown
  readonly serializer?: (serialize: (body: unknown) => unknown) => unknown
}

/** Prepares a response for what a filter will send, whatever a handler or a route has said about its own. */
export function prepare(response: PlatformResponse, headers: AppAnswer['headers']): void {
  // Otherwise Fastify sends headers once more where a handler has begun to answer past it.
  if (response.raw?.headersSent === true && response.sent === false) response.hijack?.()
  if (response.headersSent === true || response.sent === true) return
  response.removeHeader?.('content-type')
  response.type?.('application/json; charset=utf-8')
  response.serializer?.((body) => (typeof body === 'string' ? body : JSON.stringify(body)))
  for (const [name, value] of Object.entries(headers)) response.header(name, value)
}
