import { CliFailure } from '../failure.js'

/** By what Node calls it. */
const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'its name cannot be looked up now',
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'it closed the connection',
  UND_ERR_SOCKET: 'it closed the connection',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no network',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not one that this machine trusts',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not one that this machine trusts',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not one that this machine trusts',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  EPROTO: 'it does not speak TLS there',
}

interface Failed {
  readonly host: string
  readonly limitSeconds: number
  readonly fix: string
}

/** What a request ended with that got no answer. The message names the host only. */
export function networkFailure(error: unknown, { host, limitSeconds, fix }: Failed): CliFailure {
  const message = `${host} cannot be reached: ${networkReason(error, limitSeconds)}.`
  return new CliFailure('unreachable', message, { exit: 'network', fix })
}

/** Completes a sentence such as "It cannot be reached: …". */
export function networkReason(error: unknown, limitSeconds: number): string {
  if (isLate(error)) return `no answer within ${limitSeconds} s`
  const code = networkCodeOf(error)
  return code === undefined ? 'the request failed' : (reasons[code] ?? code)
}

/** Whether an error of `fetch` is about the network, and no mistake of ours. */
export function isNetworkError(error: unknown): boolean {
  return isLate(error) || (error instanceof Error && error.message === 'fetch failed')
}

/** What Node calls it: of the error, or of what has caused it. */
export function networkCodeOf(error: unknown): string | undefined {
  const { code, cause } = Object(error) as { readonly code?: unknown; readonly cause?: unknown }
  if (typeof code === 'string') return code
  return cause === undefined ? undefined : networkCodeOf(cause)
}

function isLate(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError'
}
