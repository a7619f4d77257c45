export { type Answer, type AnswerRules, answerTo, type ErrorBody } from './answer.js'
export { type Auth, type FaultOf, mapFaults } from './auth.js'
export type { ChallengeRules } from './challenge.js'
export type { Clock } from './clock.js'
export { corsHeaders } from './cors-headers.js'
export type { ReplayStoreFailure } from './dpop/bounded-store.js'
export type { DpopMode, DpopOptions } from './dpop/dpop-options.js'
export { type MemoryReplayStoreOptions, memoryReplayStore } from './dpop/memory-store.js'
export type { ProofAlgorithmName } from './dpop/proof-key.js'
export { type ReplayStore, ReplayStoreFull } from './dpop/replay-store.js'
export {
  type Dependency,
  DependencyUnavailable,
  InvalidOptions,
  type OAuthError,
  type RefusalCode,
  RequestRefused,
  type Scheme,
} from './errors.js'
export type { EventListener, SallyportEvent } from './events.js'
export type { DocumentStore } from './issuer/document-store.js'
export type { DomainsRequest, DomainsResolver, IssuerHealth } from './issuer/issuers.js'
export type { CacheOptions, ErrorProfile, ResourceServerOptions } from './options.js'
export { type Requirement, type ResolvedRequirement, resolveRequirement } from './policy/requirement.js'
export type { CertificateSource } from './request/client-certificate.js'
export type { ProtectedRequest } from './request/credentials.js'
export type { RequestHeaders } from './request/header-fields.js'
export type { HttpScheme } from './request/http-uri.js'
export type { TrustProxy } from './request/trusted-hops.js'
export {
  createResourceServer,
  type ResourceServer,
  type ResourceServerHealth,
} from './resource-server.js'
export type { Session, SessionOptions } from './session.js'
export type { AlgorithmName } from './signature/algorithms.js'
export type { Actor } from './token/actor.js'
export type { AccessTokenClaims } from './token/claims.js'
export type { TokenProfile } from './token/profile.js'
