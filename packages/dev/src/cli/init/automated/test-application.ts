import { CliFailure } from '../../failure.js'
import { shellLine } from '../../shell-words.js'
import type { Setup, TenantPlan } from '../setup.js'
import type { Step } from '../step.js'
import { type PlannedApi, unconfirmed } from './api-steps.js'
import { type Application, type ClientGrant, change, listAll } from './management.js'

/** A machine-to-machine application to get test tokens with. The Dashboard makes one by the same name. */
export async function testApplication(planned: PlannedApi, { settings }: Setup): Promise<TenantPlan> {
  const { cli, found } = planned
  const name = `${found?.name ?? planned.name} (Test Application)`
  const applications = await listAll<Application>(cli, {
    path: 'clients',
    query: ['app_type=non_interactive'],
    what: 'looking for the test application',
  })
  const application =
    applications.find(({ client_id }) => client_id === settings.AUTH0_CLIENT_ID) ??
    applications.find((one) => one.name === name)
  const client: { id?: string } = application === undefined ? {} : { id: application.client_id }
  const clientId = async () => client.id ?? ''
  const isKnown = application?.client_id === settings.AUTH0_CLIENT_ID && settings.AUTH0_CLIENT_SECRET !== undefined
  return {
    steps: [
      application === undefined
        ? creation(planned, name, client)
        : { action: 'unchanged', subject: 'Application', detail: application.name },
      await grantStep(planned, application, clientId),
    ],
    variables: {
      AUTH0_CLIENT_ID: application?.client_id ?? clientId,
      ...(isKnown ? {} : { AUTH0_CLIENT_SECRET: async () => cli.clientSecret(await clientId()) }),
    },
  }
}

function creation({ cli, tenant }: PlannedApi, name: string, client: { id?: string }): Step {
  return {
    action: 'create',
    subject: 'Application',
    detail: `${name}, machine to machine, in ${tenant}`,
    run: async () => {
      const parameters = ['apps', 'create', '--name', name, '--type', 'm2m', '--json']
      const { client_id } = Object(await cli.ask({ parameters, what: 'creating the application', changes: true }))
      if (typeof client_id !== 'string')
        throw new CliFailure('auth0_answer', 'The application was created, but the Auth0 CLI did not tell its id.')
      client.id = client_id
      return [shellLine(['auth0', 'apps', 'delete', client_id, '--tenant', tenant])]
    },
  }
}

async function grantStep(
  planned: PlannedApi,
  application: Application | undefined,
  clientId: () => Promise<string>,
): Promise<Step> {
  const { cli, tenant, audience, scopes, current } = planned
  const grant = application === undefined ? undefined : await existingGrant(planned, application)
  const wanted = scopes.length > 0 ? scopes : current.scopes
  const isThere = (scope: string) => current.scopes.includes(scope)
  const list = wanted.length === 0 ? 'no scopes' : wanted.join(' ')
  if (grant === undefined)
    return {
      action: 'create',
      subject: 'Client grant',
      detail: `for ${audience}: ${list}`,
      run: async () => {
        const body = { client_id: await clientId(), audience, scope: wanted.filter(isThere) }
        const made = await change(cli, {
          method: 'post',
          path: 'client-grants',
          body,
          what: 'creating the client grant',
        })
        const { id } = Object(made) as Partial<ClientGrant>
        return typeof id === 'string'
          ? [shellLine(['auth0', 'api', 'delete', `client-grants/${id}`, '--tenant', tenant])]
          : []
      },
    }
  const missing = scopes.filter((scope) => !grant.scope.includes(scope))
  if (missing.length === 0) return { action: 'unchanged', subject: 'Client grant', detail: `for ${audience}` }
  const text = `The test application may not ask for ${missing.join(' ')}. Allow it?`
  return {
    action: 'change',
    subject: 'Client grant',
    detail: `for ${audience}: add ${missing.join(' ')}`,
    question: { text, unanswered: unconfirmed(text, 'The client grant lacks scopes') },
    run: async () => {
      const path = `client-grants/${grant.id}`
      const body = { scope: [...grant.scope, ...missing.filter(isThere)] }
      await change(cli, { method: 'patch', path, body, what: 'extending the client grant' })
      const before = JSON.stringify({ scope: grant.scope })
      return [shellLine(['auth0', 'api', 'patch', path, '-d', before, '--tenant', tenant])]
    },
  }
}

async function existingGrant(
  { cli, audience }: PlannedApi,
  { client_id }: Application,
): Promise<ClientGrant | undefined> {
  const grants = await listAll<ClientGrant>(cli, {
    path: 'client-grants',
    query: [`client_id=${client_id}`],
    what: 'looking for the client grant',
  })
  return grants.find((grant) => grant.audience === audience && grant.subject_type !== 'user')
}
