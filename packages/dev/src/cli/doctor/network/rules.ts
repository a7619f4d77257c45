import type { Rule } from '../rule.js'
import { apiMissing } from './api-missing.js'
import { audienceIsApplication } from './audience-is-application.js'
import { clientRefused } from './client-refused.js'
import { clockSkew } from './clock-skew.js'
import { discoveryFailed } from './discovery-failed.js'
import { domainUnknown } from './domain-unknown.js'
import { dpopModeMismatch } from './dpop-mode-mismatch.js'
import { grantMissing } from './grant-missing.js'
import { identifierSlash } from './identifier-slash.js'
import { issuerMismatch } from './issuer-mismatch.js'
import { keysUnusable } from './keys-unusable.js'
import { signingAlg } from './signing-alg.js'
import { tenantSettingsUnseen } from './tenant-settings-unseen.js'
import { undeclaredScope } from './undeclared-scope.js'

/** What the tenant says: first whether it answers, then what it has. All of them share what is looked up. */
export const networkRules: readonly Rule[] = [
  domainUnknown,
  discoveryFailed,
  issuerMismatch,
  keysUnusable,
  clockSkew,
  tenantSettingsUnseen,
  apiMissing,
  audienceIsApplication,
  identifierSlash,
  undeclaredScope,
  signingAlg,
  dpopModeMismatch,
  grantMissing,
  clientRefused,
]
