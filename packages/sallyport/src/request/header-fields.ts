/**
 * The headers of a request, in the form its framework has them: a `Headers`, an object (`IncomingMessage.headersDistinct`
 * or `.headers`), or the flat list `IncomingMessage.rawHeaders`. Prefer the flat list on Node: `.headers` drops a second
 * `Authorization` line without a trace, and a request with two is refused only where both are seen.
 */
export type RequestHeaders =
  | Headers
  | Readonly<Record<string, string | readonly string[] | undefined>>
  | readonly string[]

/** The values of every field line with this lower-case name, in order. What is not a string counts as an empty value. */
export function fieldValues(headers: RequestHeaders, name: string): readonly string[] {
  if (isRawList(headers)) return rawValues(headers, name)
  if (isHeaders(headers)) {
    // It throws at the name of a pseudo-header field, which it cannot have.
    const value = name.startsWith(':') ? null : headers.get(name)
    return value === null ? [] : [value]
  }
  return objectValues(headers, name)
}

/** The values of a field that is a comma-separated list, on however many lines; empty ones are left out. RFC 9110 section 5.6.1. */
export function listedValues(headers: RequestHeaders, name: string): readonly string[] {
  return fieldValues(headers, name)
    .flatMap((line) => line.split(','))
    .map((value) => value.trim())
    .filter((value) => value !== '')
}

const credentialFields: readonly string[] = ['authorization', 'proxy-authorization', 'dpop', 'client-cert', 'cookie']

/** All fields as one object with lower-case names, repeated lines joined with a comma; without the credentials. */
export function fieldsWithoutCredentials(headers: RequestHeaders): Readonly<Record<string, string>> {
  const fields: Record<string, string> = Object.create(null)
  for (const name of fieldNames(headers)) {
    if (!credentialFields.includes(name)) fields[name] = fieldValues(headers, name).join(', ')
  }
  return Object.freeze(fields)
}

function isRawList(headers: RequestHeaders): headers is readonly string[] {
  return Array.isArray(headers)
}

function isHeaders(headers: Exclude<RequestHeaders, readonly string[]>): headers is Headers {
  return typeof headers.get === 'function'
}

function rawValues(headers: readonly string[], name: string): readonly string[] {
  let values: string[] | undefined
  for (let index = 0; index < headers.length; index += 2) {
    const field = headers[index]
    if (typeof field === 'string' && field.length === name.length && field.toLowerCase() === name) {
      values ??= []
      values.push(asText(headers[index + 1]))
    }
  }
  return values ?? []
}

function objectValues(headers: Readonly<Record<string, unknown>>, name: string): readonly string[] {
  const values: string[] = []
  for (const field of Object.keys(headers)) {
    if (field.length !== name.length || field.toLowerCase() !== name) continue
    const value = headers[field]
    if (Array.isArray(value)) values.push(...value.map(asText))
    else if (value !== undefined && value !== null) values.push(asText(value))
  }
  return values
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function fieldNames(headers: RequestHeaders): ReadonlySet<string> {
  if (isRawList(headers))
    return new Set(
      headers.flatMap((name, index) => (index % 2 === 0 && typeof name === 'string' ? [name.toLowerCase()] : [])),
    )
  if (isHeaders(headers)) return new Set([...headers.keys()])
  return new Set(Object.keys(headers).map((name) => name.toLowerCase()))
}
