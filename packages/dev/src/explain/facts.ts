import type { JWK } from 'jose'
import type { DpopMode } from 'sallyport'
import type { JsonObject } from './json-part.js'
import type { ReadProof } from './proof/read-proof.js'

/** What the checks look at. */
export interface Facts extends Expectations {
  readonly token: string
  readonly header: JsonObject
  readonly claims: JsonObject
  /** The proof that comes with it, read. */
  readonly proof?: ReadProof | undefined
}

/** What the API expects, and what is known around it. */
export interface Expectations {
  /** Spelled as `iss` has them. Empty: nobody has said. */
  readonly issuers: readonly string[]
  /** Its identifiers. Empty: nobody has said. */
  readonly audiences: readonly string[]
  readonly algorithms: readonly string[]
  readonly dpop: DpopMode
  /** What the route asks for. */
  readonly scopes: readonly string[]
  /** What the route asks for, by RBAC. */
  readonly permissions: readonly string[]
  /** Default: as long as it likes. */
  readonly maxTokenLifetimeSeconds?: number
  readonly clock: ExplainClock
  readonly keys: () => Promise<Keys>
  readonly request: RequestFacts
  readonly known: Known
}

export interface ExplainClock {
  nowSeconds(): number
  /** By how much it is ahead of the issuer's, if that is known. */
  readonly aheadOfIssuerSeconds?: number | undefined
}

/** The keys that the issuer signs with. */
export type Keys =
  | { readonly kind: 'published'; readonly keys: readonly PublishedKey[] }
  /** Of an API that is set to HS256. */
  | { readonly kind: 'secret'; readonly secret: string }
  /** They are not at hand. */
  | { readonly kind: 'withheld'; readonly why: string; readonly advice?: string }

export interface PublishedKey {
  readonly jwk: JWK
  /** Where it is known. A revoked one is not published any more. */
  readonly state?: 'next' | 'current' | 'previous' | 'revoked'
}

/** The request that the token comes with. */
interface RequestFacts {
  readonly scheme?: 'Bearer' | 'DPoP' | undefined
  readonly proof?: string | undefined
  readonly method?: string | undefined
  readonly url?: string | undefined
  /** What the API wants as the proof's `nonce`. */
  readonly nonce?: string | undefined
}

/** What is known beyond the token; whoever knows more can say more. */
export interface Known {
  /** Such as `this tenant`. */
  readonly issuerName: string
  readonly api?: KnownApi
  /** Of all APIs of the tenant. */
  readonly identifiers?: ReadonlyMap<string, string>
  clientName?(clientId: string): string | undefined
  /** Who the subject is, as a sentence. */
  subject?(sub: string): string | undefined
  organizationName?(id: string): string | undefined
  isRefreshToken?(text: string): boolean
  /** Whom an encrypted token was given for. */
  opaqueSubject?(token: string): Promise<string | undefined>
}

interface KnownApi {
  readonly name: string
  readonly dialect: string
  readonly isRbac: boolean
  readonly permissions: readonly string[]
  readonly dpop: 'none' | 'allowed' | 'required'
}
