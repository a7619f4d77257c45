import type { Tenant } from '../../tenant/tenant.js'
import type { Terminal } from '../terminal.js'

type Colors = Terminal['colors']

/** What a program wants to know of a tenant. `audience`: the first API. */
export function summaryOf({ issuer, domain, state }: Tenant) {
  const [audience] = audiencesOf(state)
  return { issuer, domain, console: issuer, audience }
}

export function audiencesOf(state: Tenant['state']): readonly string[] {
  const apis = state.resourceServers.list().filter(({ is_system }) => is_system !== true)
  return apis.map(({ identifier }) => identifier)
}

/** @param canReset That the key "r" works. */
export function welcome(tenant: Tenant, canReset: boolean, colors: Colors): string {
  const { issuer, domain, audience } = summaryOf(tenant)
  const lines = [
    `${colors.green('✓')} The local tenant is ready: ${colors.bold(issuer)}`,
    '  Open it for APIs, applications, users, test tokens and a log.',
    '',
    '  Your API:',
    `    AUTH0_DOMAIN=${domain}`,
    `    AUTH0_AUDIENCE=${audience ?? '(create an API first)'}`,
    ...(audience === undefined
      ? []
      : ['', '  A token:', `    npx sallyport token --domain ${domain} --audience ${audience}`]),
    '',
    `  For development only. ${canReset ? '"r" resets it to its seed, Ctrl-C ends it.' : 'Ctrl-C ends it.'}`,
  ]
  return `${lines.join('\n')}\n`
}

/** Where a command has the screen from then on. */
export function shortWelcome(tenant: Tenant, audience: string | undefined, colors: Colors): readonly string[] {
  const environment = [
    `AUTH0_DOMAIN=${tenant.domain}`,
    ...(audience === undefined ? [] : [`AUTH0_AUDIENCE=${audience}`]),
  ]
  return [
    `${colors.green('✓')} The local tenant is ready: ${colors.bold(tenant.issuer)}`,
    colors.dim(`  ${environment.join(' ')}`),
  ]
}
