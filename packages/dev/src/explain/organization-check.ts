import type { Facts } from './facts.js'
import { type Finding, passes } from './finding.js'
import { shown } from './words.js'

/** `org_id`; nothing where the login was outside of an organization. */
export function organizationCheck({ claims: { org_id, org_name }, known }: Facts): Finding | undefined {
  if (org_id === undefined) return undefined
  const name = known.organizationName?.(String(org_id)) ?? org_name
  return passes(
    `Issued in the organization ${shown(name ?? org_id)}.`,
    'Whether it is the right one is for the API to decide: compare “org_id” with the organization that the data belongs to.',
  )
}
