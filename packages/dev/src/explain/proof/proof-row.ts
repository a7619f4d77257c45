import type { Facts } from '../facts.js'
import type { CheckRow, Finding } from '../finding.js'
import type { ReadProof } from './read-proof.js'

type ProofCheck = (proof: ReadProof, facts: Facts) => Finding | Promise<Finding>

/** A check of a proof that could be read; nothing where there is none. */
export function proofRow(name: string, check: ProofCheck): CheckRow {
  return [
    name,
    (facts) => {
      const { proof } = facts
      return proof?.isWellFormed === true ? check(proof, facts) : undefined
    },
  ]
}
