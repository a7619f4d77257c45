import { basename } from 'node:path'
import { audienceMistake } from '../../project/audience-mistakes.js'
import { slashTwin } from '../../project/audience-slash.js'
import { requiredValue } from '../required-value.js'
import type { ApiSource, Setup, TenantPlan } from '../setup.js'
import { apiSteps, type PlannedApi } from './api-steps.js'
import { createAuth0Cli } from './auth0-cli.js'
import { type Api, listAll } from './management.js'
import { checkVersion, chooseTenant } from './tenant.js'
import { testApplication } from './test-application.js'

/** The Auth0 CLI of this machine makes the API, or finds the one that is there. */
export async function automated(setup: Setup): Promise<ApiSource> {
  const { options, settings, terminal } = setup
  const anyTenant = createAuth0Cli({ terminal })
  await checkVersion(anyTenant)
  const tenant = await chooseTenant(anyTenant, options.tenant)
  const { bold } = terminal.talkColors
  terminal.say(`Tenant: ${bold(tenant)}${options.tenant === undefined ? ' (another one: --tenant)' : ''}`)
  const audience = await requiredValue(
    {
      name: 'audience',
      question: 'Audience: the Identifier of the API, which cannot be changed later',
      example: 'https://api.example.com',
      given: options.audience,
      current: settings.AUTH0_AUDIENCE,
      confirmsCurrent: true,
      check: (value) => audienceMistake(value, { domain: tenant }),
    },
    terminal,
  )
  const cli = anyTenant.of(tenant)
  const apis = await listAll<Api>(cli, { path: 'resource-servers', what: 'looking for the API' })
  const found = apis.find(({ identifier }) => identifier === audience)
  const plan = async (wanted: readonly string[]): Promise<TenantPlan> => {
    const planned: PlannedApi = {
      cli,
      tenant,
      audience,
      name: options.name ?? nameFor(setup),
      found,
      scopes: options.scopes ?? wanted,
      dpop: options.dpop,
      current: { id: found?.id ?? '', scopes: found?.scopes.map(({ value }) => value) ?? [] },
    }
    const application = options.testApp ? await testApplication(planned, setup) : { steps: [], variables: {} }
    return { steps: [...apiSteps(planned), ...application.steps], variables: application.variables }
  }
  return { domain: tenant, audience, notes: notesOn(tenant, audience, { found, apis }), plan }
}

function nameFor({ folder, project }: Setup): string {
  const name = (project.packageJson?.name ?? basename(folder)).replaceAll(/[<>\p{Cc}]|^[-\s]+/gu, '').slice(0, 200)
  return name === '' ? 'My API' : name
}

interface Found {
  readonly found: Api | undefined
  readonly apis: readonly Api[]
}

function notesOn(tenant: string, audience: string, { found, apis }: Found): readonly string[] {
  const twin = slashTwin(audience)
  if (found === undefined && apis.some(({ identifier }) => identifier === twin))
    return [`There is an API with the identifier ${twin} in ${tenant}: is that the one? A slash at the end counts.`]
  if (found?.signing_alg === undefined || found.signing_alg !== 'HS256') return []
  const command = `auth0 api patch resource-servers/${found.id} -d '{"signing_alg":"RS256"}' --tenant ${tenant}`
  return [`The API signs with HS256, whose tokens Sallyport refuses. Set it to RS256:\n    ${command}`]
}
