export {
  type BoundRequest,
  type DpopClient,
  type DpopClientOptions,
  dpopClient,
  type ProofOptions,
} from './dpop-client.js'
export type { Outage } from './outages.js'
export { type ContractCase, replayStoreContract } from './replay-store-contract.js'
export { signCompact } from './sign.js'
export { createTestClock, type TestClock } from './test-clock.js'
export { createTestIssuer, type TestIssuer, type TestIssuerOptions, type TokenOptions } from './test-issuer.js'
export { createTestKey, type TestKey } from './test-keys.js'
