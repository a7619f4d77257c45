import { demoSituations } from './demo.js'
import { bearerSituations } from './e.js'
import { dpopSituations } from './e-dpop.js'
import { pathSituations } from './f.js'
import { proxySituations } from './f-proxies.js'
import { targetSituations } from './f-targets.js'
import { uriSituations } from './f-uris.js'
import { proofClaimSituations } from './g-claims.js'
import { proofHeaderSituations } from './g-header.js'
import { proofKeySituations } from './g-keys.js'
import { nonceSituations } from './g-nonces.js'
import { proofUseSituations } from './g-uses.js'
import { disclosureSituations } from './k.js'
import type { Situation } from './kit.js'

export { outsideOfTheContract } from './outside.js'

/** The rows of the demo, and every case of the groups E, F, G and K of the attack list that a client can bring about. */
export const situations: readonly Situation[] = [
  ...demoSituations,
  ...bearerSituations,
  ...dpopSituations,
  ...pathSituations,
  ...uriSituations,
  ...targetSituations,
  ...proxySituations,
  ...proofClaimSituations,
  ...proofHeaderSituations,
  ...proofKeySituations,
  ...proofUseSituations,
  ...nonceSituations,
  ...disclosureSituations,
]
