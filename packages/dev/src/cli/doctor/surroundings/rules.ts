import type { Rule } from '../rule.js'
import { audTrailingSlash } from './aud-trailing-slash.js'
import { audienceRules } from './audience-rules.js'
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
  ...audienceRules,
  audTrailingSlash,
  envTracked,
  envNotIgnored,
  envMode,
]
