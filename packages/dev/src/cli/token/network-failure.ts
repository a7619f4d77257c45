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
  const isLate = error instanceof Error && error.name === 'TimeoutError'
  const reason = isLate ? `no answer within ${limitSeconds} s` : reasonOf(error)
  return new CliFailure('unreachable', `${host} cannot be reached: ${reason}.`, { exit: 'network', fix })
}

function reasonOf(error: unknown): string {
  const { code, cause } = Object(error) as { readonly code?: unknown; readonly cause?: unknown }
  if (typeof code === 'string') return reasons[code] ?? code
  return cause === undefined ? 'the request failed' : reasonOf(cause)
}
