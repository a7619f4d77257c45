import { sha256 } from '#digest'
import { RequestRefused } from '../errors.js'
import { whenReady } from '../when-ready.js'
import type { ProtectedRequest } from './credentials.js'
import { fieldValues } from './header-fields.js'
import type { TrustedHops } from './trusted-hops.js'

/**
 * Where client certificates come from. `connection`: the TLS handshake with this server. `client-cert-header`: the
 * `Client-Cert` field that the nearest trusted hop sets, and takes off when it comes from outside. RFC 9440 section 2.2.
 */
export type CertificateSource = 'connection' | 'client-cert-header'

export interface CertificateRules {
  readonly certificateSource: CertificateSource
  readonly trustedHops: TrustedHops
}

/**
 * Checks that the request came with the certificate that the access token is bound to.
 *
 * @param thumbprint `cnf['x5t#S256']`: SHA-256 of the DER certificate, in base64url.
 * @throws {RequestRefused} `certificate_missing`, `certificate_mismatch`.
 * @see RFC 8705 section 3
 */
export function checkCertificate(
  thumbprint: string,
  request: ProtectedRequest,
  { certificateSource, trustedHops }: CertificateRules,
): void | Promise<void> {
  const certificate =
    certificateSource === 'connection' ? request.clientCertificate?.() : headerCertificate(request, trustedHops)
  if (certificate === undefined) throw new RequestRefused('certificate_missing')
  return whenReady(sha256(certificate), (own) => {
    if (own !== thumbprint) throw new RequestRefused('certificate_mismatch')
  })
}

const maxFieldLength = 16_384
/** A byte sequence of RFC 8941 section 3.3.5: base64 with padding between colons. */
const byteSequence = /^:([A-Za-z0-9+/]+={0,2}):$/

function headerCertificate(request: ProtectedRequest, trustedHops: TrustedHops): Uint8Array | undefined {
  const [field = '', ...others] = trustedHops(request) === 0 ? [] : fieldValues(request.headers, 'client-cert')
  const [, base64] = field.length > maxFieldLength || others.length > 0 ? [] : (byteSequence.exec(field.trim()) ?? [])
  if (base64 === undefined || base64.length % 4 !== 0) return undefined
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}
