import { createHash, X509Certificate } from 'node:crypto'
import type { SallyportEvent } from '../../src/index.js'
import { type Certificate, createCertificate } from './certificate.js'

export interface ClientCertificate extends Certificate {
  readonly der: Buffer
  /** As `cnf['x5t#S256']` has it. */
  readonly thumbprint: string
  /** As the `Client-Cert` field has it. */
  readonly field: string
}

/** Its base64 ends in padding, so that leaving that out is a mistake that can be made. */
export function createClientCertificate(): ClientCertificate {
  for (;;) {
    const certificate = createCertificate({ host: 'client.test' })
    const der = new X509Certificate(certificate.cert).raw
    if (der.length % 3 === 0) continue
    const thumbprint = createHash('sha256').update(der).digest('base64url')
    return { ...certificate, der, thumbprint, field: `:${der.toString('base64')}:` }
  }
}

export function codeOf(event: SallyportEvent | undefined): string {
  return event !== undefined && 'code' in event ? event.code : String(event?.type)
}
