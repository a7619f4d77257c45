import type { Context } from 'hono'
import { failure } from './oauth-error.js'

/** The parameters of a request: each has one value. */
export type Parameters = Readonly<Record<string, string>>

const maxBytes = 64 * 1024

/**
 * Reads the parameters of a form or a JSON body, as the token endpoint takes both.
 *
 * @throws {OAuthFailure} `invalid_request`.
 */
export async function readParameters(c: Context): Promise<Parameters> {
  const body = await readText(c.req.raw)
  const isJson = (c.req.header('content-type') ?? '').toLowerCase().startsWith('application/json')
  return isJson ? fromJson(body) : fromQuery(new URLSearchParams(body))
}

/** Stops at the limit: what comes after it is not kept in memory. */
async function readText({ body }: Request): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of body ?? []) {
      size += chunk.length
      if (size > maxBytes) break
      chunks.push(chunk)
    }
  } catch {
    throw failure.malformed('The request body ended too early.')
  }
  if (size > maxBytes) throw failure.malformed('The request body is too large.')
  return new TextDecoder().decode(Buffer.concat(chunks))
}

/** RFC 6749 section 3.1: a parameter without a value counts as omitted, and none may be there twice. */
export function fromQuery(search: URLSearchParams): Parameters {
  const parameters: Record<string, string> = Object.create(null)
  for (const [name, value] of search) {
    if (Object.hasOwn(parameters, name)) throw failure.malformed(`The parameter "${printable(name)}" is repeated.`)
    if (value !== '') parameters[name] = value
  }
  return parameters
}

function fromJson(body: string): Parameters {
  let json: unknown
  try {
    json = JSON.parse(body)
  } catch {
    throw failure.malformed('The request body is not valid JSON.')
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw failure.malformed('The request body is not a JSON object.')
  const parameters: Record<string, string> = Object.create(null)
  for (const [name, value] of Object.entries(json)) {
    if (value === null || value === '') continue
    if (typeof value !== 'string') throw failure.malformed(`The parameter "${printable(name)}" is not a string.`)
    parameters[name] = value
  }
  return parameters
}

function printable(name: string): string {
  return name.replace(/[^\w-]/g, '').slice(0, 40)
}

export function wordsOf(value: string | undefined): readonly string[] {
  return [...new Set((value ?? '').split(' ').filter((word) => word !== ''))]
}
