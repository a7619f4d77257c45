export { type Answer, answerTo, type ErrorBody } from './answer.js'
export type { Auth } from './auth.js'
export type { Clock } from './clock.js'
export {
  type Dependency,
  DependencyUnavailable,
  InvalidOptions,
  type OAuthError,
  type RefusalCode,
  RequestRefused,
} from './errors.js'
export type { EventListener, SallyportEvent } from './events.js'
export type { DocumentStore } from './issuer/document-store.js'
export type { DomainsRequest, DomainsResolver, IssuerHealth } from './issuer/issuers.js'
export type { CacheOptions, ErrorProfile, ResourceServerOptions } from './options.js'
export { type Requirement, type ResolvedRequirement, resolveRequirement } from './policy/requirement.js'
export type { ProtectedRequest } from './request/credentials.js'
export type { RequestHeaders } from './request/header-fields.js'
export {
  createResourceServer,
  type ResourceServer,
  type ResourceServerHealth,
} from './resource-server.js'
export type { AlgorithmName } from './signature/algorithms.js'
export type { Actor } from './token/actor.js'
export type { AccessTokenClaims } from './token/claims.js'
export type { TokenProfile } from './token/profile.js'
