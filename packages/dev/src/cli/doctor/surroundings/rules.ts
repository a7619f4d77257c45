import type { Rule } from '../rule.js'
import { audTrailingSlash } from './aud-trailing-slash.js'
import { audienceFormat } from './audience-format.js'
import { audienceIsApiId } from './audience-is-api-id.js'
import { audienceIsClientId } from './audience-is-client-id.js'
import { audienceReserved } from './audience-reserved.js'
import { domainFormat } from './domain-format.js'
import { envMissing } from './env-missing.js'
import { envMode } from './env-mode.js'
import { envNotIgnored } from './env-not-ignored.js'
import { envTracked } from './env-tracked.js'
import { wrongSdk } from './wrong-sdk.js'

/** What stands around the sources: package.json, .env, git. */
export const surroundingRules: readonly Rule[] = [
  wrongSdk,
  envMissing,
  domainFormat,
  audienceIsClientId,
  audienceIsApiId,
  audienceReserved,
  audienceFormat,
  audTrailingSlash,
  envTracked,
  envNotIgnored,
  envMode,
]
