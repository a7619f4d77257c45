import type { ServerResponse } from 'node:http'
import type { AppAnswer } from './guarding.js'

/** Sends an answer past what the app's settings would make of it, unless something else has begun to answer. */
export function sendAnswer(response: ServerResponse, { status, headers, body }: AppAnswer): void {
  if (response.headersSent) return
  response.statusCode = status
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  response.setHeader('content-type', 'application/json; charset=utf-8')
  response.end(JSON.stringify(body))
}
