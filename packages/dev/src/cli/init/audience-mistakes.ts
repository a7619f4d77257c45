import type { ValueMistake } from './questions.js'
import { clientId, commonPatterns, firstMistake, hasUserinfo, type Pattern } from './value-mistakes.js'

const identifier = 'The audience is the Identifier of your API, such as https://api.example.com.'

function patternsFor(domain: string | undefined): readonly Pattern[] {
  return [
    ...commonPatterns('audience'),
    {
      code: 'userinfo',
      matches: hasUserinfo,
      message: `The audience has a user name, and maybe a password, in it. ${identifier}`,
    },
    {
      code: 'dashboard',
      matches: (value) => /(?:^|\/\/)manage\.auth0\.com/i.test(value),
      message: `That is the address of the Dashboard. ${identifier}`,
    },
    {
      code: 'client_id',
      matches: (value) => clientId.test(value),
      message: `That looks like the client id of an application. ${identifier}`,
    },
    {
      code: 'api_id',
      matches: (value) => /^[0-9a-f]{24}$/.test(value),
      message: `That looks like the id of an API, not its Identifier. ${identifier}`,
    },
    {
      code: 'management',
      matches: (value) => /\/api\/v2\/?$/i.test(value),
      message: `That is the Management API of the tenant, which is not yours to protect. ${identifier}`,
    },
    {
      code: 'userinfo_endpoint',
      matches: (value) => /\/userinfo\/?$/i.test(value),
      message: `That is the userinfo endpoint of the tenant. ${identifier}`,
    },
    {
      code: 'domain',
      matches: (value) => value.replace(/^https?:\/\//i, '').replace(/\/$/, '') === domain,
      message: `That is the domain of the tenant. ${identifier}`,
    },
    {
      code: 'too_long',
      matches: (value) => value.length > 600 || value.startsWith('-'),
      message: `An Identifier has at most 600 characters and no dash in front. ${identifier}`,
    },
  ]
}

/** @param domain That of the tenant, where it is known. */
export function audienceMistake(value: string, domain?: string): ValueMistake | undefined {
  return firstMistake(patternsFor(domain), value)
}
