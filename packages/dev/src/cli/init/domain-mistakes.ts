import { issuerOf } from '../project/issuer.js'
import type { ValueMistake } from './questions.js'
import { clientId, commonPatterns, firstMistake, hasUserinfo, type Pattern } from './value-mistakes.js'

const patterns: readonly Pattern[] = [
  ...commonPatterns('domain'),
  {
    code: 'userinfo',
    matches: hasUserinfo,
    message: 'The domain has a user name, and maybe a password, in front of it. It is the host alone.',
  },
  {
    code: 'dashboard',
    matches: (value) => /(?:^|\/\/)manage\.auth0\.com|-admin\./i.test(value),
    message:
      'That is the address of the Dashboard. The domain is that of the tenant: Settings of an application, field Domain.',
  },
  {
    code: 'scheme',
    matches: (value) => /^https?:\/\//i.test(value),
    message: 'The domain is a bare host, without https:// in front of it.',
    mend: (value) => value.replace(/^https?:\/\//i, ''),
  },
  {
    code: 'slash',
    matches: (value) => /^[^/]*\/+$/.test(value),
    message: 'The domain is a bare host, without a slash at the end.',
    mend: (value) => value.replace(/\/+$/, ''),
  },
  {
    code: 'path',
    matches: (value) => /[/?#\\]/.test(value),
    message: 'The domain is a bare host, without the path behind it.',
    mend: (value) => value.replace(/[/?#\\].*$/, ''),
  },
  {
    code: 'client_id',
    matches: (value) => clientId.test(value),
    message: 'That looks like the client id of an application. The domain looks like my-tenant.eu.auth0.com.',
  },
  {
    code: 'no_dot',
    matches: (value) => !value.includes('.') && issuerOf(value) === undefined,
    message: 'The domain is the whole host with its region, such as my-tenant.eu.auth0.com.',
  },
  {
    code: 'no_host',
    matches: (value) => issuerOf(value) === undefined,
    message: 'That is not the name of a host. A domain looks like my-tenant.eu.auth0.com.',
  },
]

export function domainMistake(value: string): ValueMistake | undefined {
  return firstMistake(patterns, value)
}
