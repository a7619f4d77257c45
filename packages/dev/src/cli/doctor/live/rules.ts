import { oncePerProject } from '../once-per-project.js'
import type { Rule } from '../rule.js'
import { audienceUnchecked } from './audience-unchecked.js'
import { challengeMissing } from './challenge-missing.js'
import { corsHeadersLive } from './cors-headers.js'
import { errorBody } from './error-body.js'
import { expiredAccepted } from './expired-accepted.js'
import { explore, type LiveOptions } from './exploration.js'
import { forgedAccepted } from './forged-accepted.js'
import { garbageAccepted } from './garbage-accepted.js'
import { type LiveRule, liveRule } from './live-rule.js'
import { notTried } from './not-tried.js'
import { openRoute } from './open-route.js'
import { preflightRefused } from './preflight-refused.js'
import { queryTokenAccepted } from './query-token-accepted.js'
import { refusalStatus } from './refusal-status.js'
import { sharedCacheLive } from './shared-cache.js'
import { unreachable } from './unreachable.js'
import { validRefused } from './valid-refused.js'

const rules: readonly LiveRule[] = [
  openRoute,
  garbageAccepted,
  forgedAccepted,
  audienceUnchecked,
  expiredAccepted,
  queryTokenAccepted,
  validRefused,
  refusalStatus,
  challengeMissing,
  errorBody,
  sharedCacheLive,
  preflightRefused,
  corsHeadersLive,
  notTried,
]

/** What the running API does, by GET and OPTIONS requests at one route that needs a token. */
export function liveRules(url: URL, options: LiveOptions = {}): readonly Rule[] {
  const exploreOnce = oncePerProject((project) => explore(url, project, options))
  return [unreachable(url, exploreOnce), ...rules.map((rule) => liveRule(rule, exploreOnce))]
}
