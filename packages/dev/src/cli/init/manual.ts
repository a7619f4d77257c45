import { audienceMistake } from '../project/audience-mistakes.js'
import { domainMistake } from '../project/domain-mistakes.js'
import { checkDiscovery } from './discovery.js'
import { requiredValue } from './required-value.js'
import type { ApiSource, Setup } from './setup.js'

/** The API was made in the Dashboard, or is made there now. */
export async function manual({ options, settings, terminal }: Setup): Promise<ApiSource> {
  if (terminal.isInteractive && (options.domain === undefined || options.audience === undefined))
    terminal.say('\nIn the Auth0 Dashboard: Applications → APIs → Create API, signing algorithm RS256.\n')
  const domain = await requiredValue(
    {
      name: 'domain',
      question: 'Domain of your tenant',
      example: 'my-tenant.eu.auth0.com',
      given: options.domain,
      current: settings.AUTH0_DOMAIN,
      confirmsCurrent: true,
      check: domainMistake,
    },
    terminal,
  )
  const audience = await requiredValue(
    {
      name: 'audience',
      question: 'Audience: the Identifier of your API',
      example: 'https://api.example.com',
      given: options.audience,
      current: settings.AUTH0_AUDIENCE,
      confirmsCurrent: true,
      check: (value) => audienceMistake(value, { domain }),
    },
    terminal,
  )
  if (!options.offline) await checkDiscovery(domain, terminal)
  const slash = `The audience ends with a slash. That is fine if the Identifier does: every character counts.`
  return { domain, audience, notes: audience.endsWith('/') ? [slash] : [] }
}
