import { liveRules } from './live/rules.js'
import { networkRules } from './network/rules.js'
import type { Reading } from './read-project.js'
import type { Rule } from './rule.js'
import { algHs256 } from './rules/alg-hs256.js'
import { algMissing } from './rules/alg-missing.js'
import { authOnOptions } from './rules/auth-on-options.js'
import { corsHeadersRule } from './rules/cors-headers.js'
import { corsMissing } from './rules/cors-missing.js'
import { corsOrder } from './rules/cors-order.js'
import { decodeNotVerify } from './rules/decode-not-verify.js'
import { envNotLoaded } from './rules/env-not-loaded.js'
import { envOrder } from './rules/env-order.js'
import { hardcodedConfig } from './rules/hardcoded-config.js'
import { idTokenUsed } from './rules/id-token-used.js'
import { issuerNoSlash } from './rules/issuer-no-slash.js'
import { jwksPerRequest } from './rules/jwks-per-request.js'
import { m2mNoCache } from './rules/m2m-no-cache.js'
import { manualBearer } from './rules/manual-bearer.js'
import { proxyTrust } from './rules/proxy-trust.js'
import { rawJwtVerify } from './rules/raw-jwt-verify.js'
import { roleClaimUnnamespaced } from './rules/role-claim-unnamespaced.js'
import { scopeVsPermissions } from './rules/scope-vs-permissions.js'
import { secretInFrontend } from './rules/secret-in-frontend.js'
import { secretLiteral } from './rules/secret-literal.js'
import { sharedCache } from './rules/shared-cache.js'
import { unprotectedRoute } from './rules/unprotected-route.js'
import { silenceRules } from './silence.js'
import { surroundingRules } from './surroundings/rules.js'

/** A new rule over sources is a file in rules/ and a row here. */
const sourceRules: readonly Rule[] = [
  algHs256,
  algMissing,
  authOnOptions,
  corsHeadersRule,
  corsMissing,
  corsOrder,
  decodeNotVerify,
  envNotLoaded,
  envOrder,
  hardcodedConfig,
  idTokenUsed,
  issuerNoSlash,
  jwksPerRequest,
  m2mNoCache,
  manualBearer,
  proxyTrust,
  rawJwtVerify,
  roleClaimUnnamespaced,
  scopeVsPermissions,
  secretInFrontend,
  secretLiteral,
  sharedCache,
  unprotectedRoute,
]

interface Reach {
  readonly offline: boolean
  readonly url: URL | undefined
}

export function rulesFor(reading: Pick<Reading, 'unparsed'>, { offline, url }: Reach): readonly Rule[] {
  return [
    ...sourceRules,
    ...surroundingRules,
    ...(offline ? [] : networkRules),
    ...(url === undefined ? [] : liveRules(url, { offline })),
    ...silenceRules(allCodes()),
    fileNotParsed(reading),
  ]
}

/** What is asked without the network, or without a URL. */
export function codesWithin({ offline, url }: Reach): readonly string[] {
  const reading = { unparsed: [] }
  return rulesFor(reading, { offline, url }).map(({ code }) => code)
}

/** Whatever a comment or `--rule` may name. */
export function allCodes(): readonly string[] {
  const live = liveRules(new URL('http://localhost'))
  const rules = [...sourceRules, ...surroundingRules, ...networkRules, ...live, ...silenceRules([])]
  return [...rules.map(({ code }) => code), 'file-not-parsed']
}

function fileNotParsed({ unparsed }: Pick<Reading, 'unparsed'>): Rule {
  return {
    code: 'file-not-parsed',
    severity: 'info',
    mend: { text: 'Mend its syntax, or add the file to .gitignore if nobody is to read it.' },
    check: () => unparsed,
  }
}
