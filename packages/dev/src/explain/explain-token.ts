import { checks } from './checks.js'
import type { Expectations, Facts } from './facts.js'
import type { Check } from './finding.js'
import type { JsonObject } from './json-part.js'
import { readPasted } from './pasted-token.js'
import { readProof } from './proof/read-proof.js'
import { requestCheck } from './request-check.js'

export interface Explanation {
  readonly checks: readonly Check[]
  /** Of a JWT. Not verified. */
  readonly header?: JsonObject
  readonly claims?: JsonObject
}

/** Explains whether an API takes a token, and why not. Every check is listed; what an API answers is the first that fails. */
export async function explainToken(pasted: string, expectations: Expectations): Promise<Explanation> {
  const read = await readPasted(pasted, expectations.known)
  const { proof } = expectations.request
  const facts: Facts = {
    ...expectations,
    token: read.token ?? '',
    header: read.token === undefined ? {} : read.header,
    claims: read.token === undefined ? {} : read.claims,
    proof: proof === undefined ? undefined : readProof(proof),
  }
  const request = requestCheck(facts)
  const before: readonly Check[] = request === undefined ? [] : [{ name: 'Request', ...request }]
  if (read.token === undefined) return { checks: [...before, { name: 'Form', ...read.problem }, ...notLookedAt(facts)] }
  const found: Check[] = [...before, { name: 'Form', verdict: 'passes', text: 'A JWT in three parts.' }]
  for (const [name, run] of checks) {
    const finding = await run(facts)
    if (finding !== undefined) found.push({ name, ...finding })
  }
  return { checks: found, header: facts.header, claims: facts.claims }
}

function notLookedAt({ known }: Facts): readonly Check[] {
  const ofEveryToken = ['Kind', 'Algorithm', 'Issuer', 'Signature', 'Claims', 'Audience', 'Time', 'Binding']
  const names = [...ofEveryToken, ...(known.api === undefined ? [] : ['Dialect']), 'Permissions']
  return names.map((name) => ({ name, verdict: 'open', text: 'Not looked at.' }))
}
