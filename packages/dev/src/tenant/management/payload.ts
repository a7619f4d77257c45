import * as v from 'valibot'
import { badPayload, type ManagementFailure, notHere } from './management-failure.js'
import { notHereMessage } from './payload-types.js'

const maxLength = 1024 * 1024

/** @throws {ManagementFailure} 400, with what is wrong first; 501 for what only Auth0 has. */
export function readPayload<const Schema extends v.GenericSchema>(text: string, schema: Schema): v.InferOutput<Schema> {
  const json = text.length > maxLength ? undefined : parsed(text)
  if (typeOf(json) !== 'object') throw badPayload(`Expected type object but found type ${typeOf(json)}`)
  const result = v.safeParse(schema, json, { abortEarly: true })
  if (!result.success) throw failureOf(result.issues[0])
  return result.output
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function failureOf({ kind, type, expected, input, message, path }: v.BaseIssue<unknown>): ManagementFailure {
  if (message === notHereMessage) return notHere(`the member ${printable(String(path?.at(-1)?.key))}`)
  const keys = (path ?? []).map(({ key }) => String(key))
  const parent = nameOf(keys.slice(0, -1))
  const last = keys.at(-1) ?? ''
  if (type === 'strict_object' && expected === 'never')
    return badPayload(`Additional properties not allowed: ${printable(last)}`, parent)
  if (type === 'strict_object' && expected?.startsWith('"'))
    return badPayload(`Missing required property: ${last}`, parent)
  if (kind === 'validation') return badPayload(message, nameOf(keys))
  if (type === 'picklist') return badPayload(`No enum match, expected ${expected?.replace(/[()]/g, '')}`, nameOf(keys))
  return badPayload(`Expected type ${jsonTypes[type] ?? 'object'} but found type ${typeOf(input)}`, nameOf(keys))
}

const jsonTypes: Readonly<Record<string, string>> = {
  string: 'string',
  number: 'number',
  boolean: 'boolean',
  array: 'array',
}

function typeOf(value: unknown): string {
  if (value === null || value === undefined) return value === null ? 'null' : 'none'
  return Array.isArray(value) ? 'array' : typeof value
}

function nameOf(keys: readonly string[]): string {
  return printable(
    keys.map((key, index) => (/^\d+$/.test(key) ? `[${key}]` : `${index > 0 ? '.' : ''}${key}`)).join(''),
  )
}

/** A name comes from outside, and goes back in a message. */
function printable(name: string): string {
  return name.replace(/[^\w.:[\]-]/g, '').slice(0, 100)
}
