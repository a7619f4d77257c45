import { CliFailure } from '../../failure.js'
import { needsInput } from '../../questions.js'
import { shellLine } from '../../shell-words.js'
import type { Step } from '../step.js'
import type { Auth0Cli } from './auth0-cli.js'
import { type Api, change } from './management.js'

/** The API as it will be. */
export interface PlannedApi {
  readonly cli: Auth0Cli
  readonly tenant: string
  readonly audience: string
  readonly name: string
  readonly found: Api | undefined
  readonly scopes: readonly string[]
  readonly dpop: boolean
  readonly current: CurrentApi
}

/** The API as it is: the steps change it. A step may be left out, and what comes after it has to know. */
interface CurrentApi {
  /** Empty as long as it is not there. */
  id: string
  scopes: readonly string[]
}

export function apiSteps(planned: PlannedApi): readonly Step[] {
  const { found, dpop } = planned
  return [found === undefined ? creation(planned) : scopeStep(planned, found), ...(dpop ? [dpopStep(planned)] : [])]
}

function creation({ cli, tenant, audience, name, scopes, current }: PlannedApi): Step {
  const withScopes = scopes.length === 0 ? '' : `, with ${scopes.join(' ')}`
  return {
    action: 'create',
    subject: 'API',
    detail: `${name} (${audience}) in ${tenant}${withScopes}`,
    question: {
      text: `Create the API "${name}" with the identifier ${audience} in ${tenant}${withScopes}?`,
      refused: new CliFailure('declined', 'Nothing was changed.'),
    },
    run: async () => {
      const parameters = ['apis', 'create', '--name', name, '--identifier', audience]
      const withScopesToo = scopes.length === 0 ? parameters : [...parameters, '--scopes', scopes.join(',')]
      const answer = await cli.ask({
        parameters: [...withScopesToo, '--json'],
        what: 'creating the API',
        changes: true,
      })
      const { id } = Object(answer)
      if (typeof id !== 'string')
        throw new CliFailure('auth0_answer', 'The API was created, but the Auth0 CLI did not tell its id.', {
          fix: 'Run it again: it finds the API. sallyport init --mode automated',
        })
      Object.assign(current, { id, scopes })
      return [shellLine(['auth0', 'apis', 'delete', id, '--tenant', tenant])]
    },
  }
}

function scopeStep({ cli, tenant, audience, scopes, current }: PlannedApi, api: Api): Step {
  const missing = scopes.filter((scope) => !api.scopes.some(({ value }) => value === scope))
  const about = `${api.name} (${audience}) in ${tenant}`
  if (missing.length === 0) return { action: 'unchanged', subject: 'API', detail: about }
  const question = `The API "${api.name}" in ${tenant} has no ${missing.join(' ')}. Add ${missing.length > 1 ? 'them' : 'it'}?`
  const path = `resource-servers/${api.id}`
  return {
    action: 'change',
    subject: 'API',
    detail: `${about}: add ${missing.join(' ')}`,
    question: { text: question, unanswered: unconfirmed(question, 'The API lacks scopes') },
    run: async () => {
      const added = missing.map((value) => ({ value, description: value }))
      const body = { scopes: [...api.scopes, ...added] }
      await change(cli, { method: 'patch', path, body, what: 'adding scopes' })
      current.scopes = [...current.scopes, ...missing]
      const before = JSON.stringify({ scopes: api.scopes })
      return [shellLine(['auth0', 'api', 'patch', path, '-d', before, '--tenant', tenant])]
    },
  }
}

function dpopStep({ cli, tenant, found, current }: PlannedApi): Step {
  const { proof_of_possession: pop } = found ?? {}
  const isSet = pop?.mechanism === 'dpop' && pop.required === true
  if (isSet) return { action: 'unchanged', subject: 'DPoP', detail: 'required for this API' }
  const text = 'Require DPoP for this API? Clients that send Bearer tokens are refused by the tenant from then on.'
  return {
    action: 'change',
    subject: 'DPoP',
    detail: 'required for this API',
    ...(found === undefined ? {} : { question: { text, unanswered: unconfirmed(text, 'DPoP would be required') } }),
    run: async () => {
      const path = `resource-servers/${current.id}`
      const body = { proof_of_possession: { mechanism: 'dpop', required: true } }
      await change(cli, { method: 'patch', path, body, what: 'requiring DPoP' })
      const before = JSON.stringify({ proof_of_possession: pop ?? null })
      return found === undefined ? [] : [shellLine(['auth0', 'api', 'patch', path, '-d', before, '--tenant', tenant])]
    },
  }
}

/** Something that others may use already is not changed unless somebody says so. */
export function unconfirmed(question: string, what: string): CliFailure {
  return needsInput({
    needs: 'confirmation',
    message: `${what}, and nobody can be asked here whether to change that. Nothing was changed. ${question}`,
    fix: 'Say yes by --yes, or look at the plan first by --dry-run.',
    question,
  })
}
