import { issuerOf } from '../network/issuer.js'
import type { Rule } from '../rule.js'
import { placed, settingsOf, shown } from './settings-of.js'

/** What the tenant keeps for itself, by path below its address. */
const reserved: Readonly<Record<string, string>> = {
  '/api/v2': "is the audience of Auth0's Management API",
  '/userinfo': 'is the audience of the userinfo endpoint',
  '': 'is the address of the tenant itself',
}

export const audienceReserved: Rule = {
  code: 'audience-reserved',
  severity: 'error',
  mend: {
    text: 'Create an API of your own (Dashboard: Applications > APIs), and set AUTH0_AUDIENCE to its identifier.',
    command: 'npx sallyport init',
  },
  docs: 'docs/quickstart.md',
  check: (project) => {
    const own = hostOf(issuerOf(project.environment['AUTH0_DOMAIN'] ?? ''))
    return settingsOf(project, 'AUTH0_AUDIENCE').flatMap((setting) => {
      const url = URL.canParse(setting.value) ? new URL(setting.value) : undefined
      const isTenant = url !== undefined && (url.host === own || url.hostname.endsWith('.auth0.com'))
      const what = isTenant ? reserved[url.pathname.replace(/\/$/, '')] : undefined
      if (what === undefined) return []
      const message = `${setting.name} ${what}: its tokens are not for your API.`
      return [{ ...placed(setting), message, evidence: `AUTH0_AUDIENCE=${shown(setting.value)}` }]
    })
  },
}

function hostOf(issuer: string | undefined): string | undefined {
  return issuer === undefined ? undefined : new URL(issuer).host
}
