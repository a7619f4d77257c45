import { CliFailure } from '../failure.js'
import { shownLine, without } from '../shown-text.js'
import type { TenantAnswer } from './post-form.js'
import { type RefusedRequest, refusals } from './refusal-table.js'

const mostDescription = 200

/** What an answer that is no token means, and what to do. What the tenant says itself stands in brackets. */
export function refusalOf({ status, body, headers }: TenantAnswer, request: RefusedRequest): CliFailure {
  const { host } = request
  const error = text(body?.['error']) ?? (status === 429 ? 'too_many_requests' : undefined)
  if (status >= 500) return new CliFailure('tenant_failed', `${host} has failed (${status}).`, { exit: 'network' })
  if (error === undefined) return notOauth(status, request)
  const description = text(body?.['error_description']) ?? ''
  const refusal = refusals.find((row) => row.error === error && (row.description?.test(description) ?? true))
  const said = without([request.client.secret], `${error}: ${description}`)
  const quote = shownLine(said, mostDescription)
  if (refusal === undefined)
    return new CliFailure('refused', `${host} refuses (${status}): ${quote}`, {
      exit: status === 401 ? 'unauthorized' : 'failed',
    })
  const wait = headers.get('retry-after')
  const fix = `${refusal.fix(request)}${wait === null ? '' : ` (Retry-After: ${shownLine(wait, 40)})`}`
  return new CliFailure(refusal.code, `${refusal.message(request)} [${quote}]`, { exit: refusal.exit ?? 'failed', fix })
}

function notOauth(status: number, { host }: RefusedRequest): CliFailure {
  return new CliFailure('not_a_tenant', `${host} does not answer as a tenant does (${status}).`, {
    fix: 'Is the domain that of an Auth0 tenant, or of the local one?',
  })
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
