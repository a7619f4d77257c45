import { randomBytes } from 'node:crypto'
import { issuerOfProject } from '../issuer-of-project.js'
import type { Project } from '../project.js'

/** Tokens that nobody has signed who may. */
export interface ForgedTokens {
  /** Looks right in every way but for its signature. */
  readonly badlySigned: string
  /** Says of itself that nobody has signed it. RFC 8725 section 3.1. */
  readonly unsigned: string
}

/** @param genuine A good token, whose claims are changed: its key id is one that the API knows. */
export function forgedTokens(project: Project, genuine: string | undefined): ForgedTokens {
  const now = Math.floor(Date.now() / 1000)
  const claims = {
    iss: issuerOfProject(project) ?? 'https://doctor.invalid/',
    aud: project.environment['AUTH0_AUDIENCE'] ?? 'doctor',
    sub: 'sallyport-doctor',
    iat: now,
    exp: now + 600,
  }
  const [header = segment({ alg: 'RS256', typ: 'JWT', kid: 'sallyport-doctor' })] = genuine?.split('.') ?? []
  const payload = segment(claims)
  return {
    badlySigned: `${header}.${payload}.${randomBytes(256).toString('base64url')}`,
    unsigned: `${segment({ alg: 'none', typ: 'JWT' })}.${payload}.`,
  }
}

function segment(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
