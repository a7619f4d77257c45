import { looksLikeClientId } from '../../explain/client-id.js'
import { issuerOf } from './issuer.js'
import { commonMistakes, type FoundMistake, firstMistake, type Mistake } from './value-mistakes.js'

/** What is known beside the audience. */
interface Known {
  /** Of the tenant. */
  readonly domain?: string | undefined
  /** Of the application that asks for tokens. */
  readonly clientId?: string | undefined
}

const identifier = 'The audience is the Identifier of your API, such as https://api.example.com.'

function mistakesFor({ domain = '', clientId }: Known): readonly Mistake[] {
  const pathAtTenant = pathBelow(hostOf(domain))
  return [
    ...commonMistakes('audience', identifier),
    {
      code: 'list',
      matches: (value) => /,\s*https?:\/\//.test(value),
      message: `That is a list. ${identifier}`,
      what: 'is a list, but is read as one identifier',
    },
    {
      code: 'client_id',
      matches: (value) => value === clientId,
      message: `That is the client id of the application. ${identifier}`,
      what: 'is AUTH0_CLIENT_ID',
    },
    {
      code: 'client_id',
      matches: looksLikeClientId,
      message: `That looks like the client id of an application. ${identifier}`,
      what: 'looks like the client id of an application',
    },
    {
      code: 'api_id',
      matches: (value) => /^[0-9a-f]{24}$/.test(value),
      message: `That looks like the id of an API, not its Identifier. ${identifier}`,
      what: 'looks like the id of an API, not like its identifier',
    },
    {
      code: 'management',
      matches: (value) => pathAtTenant(value) === '/api/v2',
      message: `That is the Management API of the tenant, which is not yours to protect. ${identifier}`,
      what: "is the audience of Auth0's Management API",
    },
    {
      code: 'userinfo_endpoint',
      matches: (value) => pathAtTenant(value) === '/userinfo',
      message: `That is the userinfo endpoint of the tenant. ${identifier}`,
      what: 'is the audience of the userinfo endpoint',
    },
    {
      code: 'domain',
      matches: (value) => pathAtTenant(value) === '',
      message: `That is the domain of the tenant. ${identifier}`,
      what: 'is the address of the tenant itself',
    },
    {
      code: 'too_long',
      matches: (value) => value.length > 600 || value.startsWith('-'),
      message: `An Identifier has at most 600 characters and no dash in front. ${identifier}`,
      what: 'has more than 600 characters, or a dash in front',
    },
  ]
}

/** What is wrong with an audience, as it was typed or stands somewhere. */
export function audienceMistake(value: string, known: Known = {}): FoundMistake | undefined {
  return firstMistake(mistakesFor(known), value)
}

function hostOf(domain: string): string | undefined {
  const issuer = issuerOf(domain)
  return issuer === undefined ? undefined : new URL(issuer).host
}

/** The path of an address of the tenant, or of any of Auth0's, without the slash at its end. */
function pathBelow(tenant: string | undefined): (value: string) => string | undefined {
  return (value) => {
    const address = /^https?:\/\//i.test(value) ? value : `https://${value}`
    const url = URL.canParse(address) ? new URL(address) : undefined
    if (url === undefined || (url.host !== tenant && !url.hostname.endsWith('.auth0.com'))) return undefined
    return url.pathname.replace(/\/$/, '')
  }
}
