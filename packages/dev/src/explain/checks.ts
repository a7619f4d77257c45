import { algorithmCheck } from './algorithm-check.js'
import { audienceCheck } from './audience-check.js'
import { bindingCheck } from './binding-check.js'
import { claimsCheck } from './claims-check.js'
import { clockCheck } from './clock-check.js'
import { delegationCheck } from './delegation-check.js'
import { dialectCheck } from './dialect-check.js'
import type { CheckRow } from './finding.js'
import { issuerCheck } from './issuer-check.js'
import { kindCheck } from './kind-check.js'
import { organizationCheck } from './organization-check.js'
import { permissionsCheck } from './permissions-check.js'
import { proofBindingCheck } from './proof/binding-check.js'
import { proofFormCheck } from './proof/form-check.js'
import { proofIdCheck } from './proof/id-check.js'
import { proofKeyCheck } from './proof/key-check.js'
import { proofMethodCheck } from './proof/method-check.js'
import { proofNonceCheck } from './proof/nonce-check.js'
import { proofRow } from './proof/proof-row.js'
import { proofSignatureCheck } from './proof/signature-check.js'
import { proofTimeCheck } from './proof/time-check.js'
import { proofUriCheck } from './proof/uri-check.js'
import { scopeCheck } from './scope-check.js'
import { signatureCheck } from './signature-check.js'
import { timeCheck } from './time-check.js'

/** Every check of a token that could be read, in the order in which an API looks: what it answers is the first that fails. */
export const checks: readonly CheckRow[] = [
  ['Kind', kindCheck],
  ['Algorithm', algorithmCheck],
  ['Issuer', issuerCheck],
  ['Signature', signatureCheck],
  ['Claims', claimsCheck],
  ['Audience', audienceCheck],
  ['Time', timeCheck],
  ['Clock', clockCheck],
  ['Binding', bindingCheck],
  ['Proof', proofFormCheck],
  proofRow('Proof key', proofKeyCheck),
  proofRow('Proof binding', proofBindingCheck),
  proofRow('Proof method', proofMethodCheck),
  proofRow('Proof URL', proofUriCheck),
  proofRow('Proof time', proofTimeCheck),
  proofRow('Proof nonce', proofNonceCheck),
  proofRow('Proof signature', proofSignatureCheck),
  proofRow('Proof name', proofIdCheck),
  ['Dialect', dialectCheck],
  ['Scope', scopeCheck],
  ['Permissions', permissionsCheck],
  ['Organization', organizationCheck],
  ['Delegation', delegationCheck],
]
