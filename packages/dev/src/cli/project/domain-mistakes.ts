import { looksLikeClientId } from '../../explain/client-id.js'
import { issuerOf } from './issuer.js'
import { commonMistakes, type FoundMistake, firstMistake, type Mistake } from './value-mistakes.js'

const hint = 'The domain is the host of the tenant alone: Settings of an application, field Domain.'

const mistakes: readonly Mistake[] = [
  ...commonMistakes('domain', hint),
  {
    code: 'dashboard',
    matches: (value) => /-admin\./i.test(value),
    message: `That is the address of the Dashboard. ${hint}`,
    what: "is the address of Auth0's Dashboard",
  },
  {
    code: 'scheme',
    matches: (value) => /^https?:\/\//i.test(value),
    message: 'The domain is a bare host, without https:// in front of it.',
    what: 'starts with https:// or http://',
    mend: (value) => value.replace(/^https?:\/\//i, ''),
  },
  {
    code: 'slash',
    matches: (value) => /^[^/]*\/+$/.test(value),
    message: 'The domain is a bare host, without a slash at the end.',
    what: 'ends with a slash',
    mend: (value) => value.replace(/\/+$/, ''),
  },
  {
    code: 'path',
    matches: (value) => /[/?#\\]/.test(value),
    message: 'The domain is a bare host, without the path behind it.',
    what: 'has a path behind the host',
    mend: (value) => value.replace(/[/?#\\].*$/, ''),
  },
  {
    code: 'client_id',
    matches: looksLikeClientId,
    message: 'That looks like the client id of an application. The domain looks like my-tenant.eu.auth0.com.',
    what: 'looks like the client id of an application',
  },
  {
    code: 'no_dot',
    matches: (value) => !value.includes('.') && issuerOf(value) === undefined,
    message: 'The domain is the whole host with its region, such as my-tenant.eu.auth0.com.',
    what: 'is not a whole host name with its region',
  },
  {
    code: 'no_host',
    matches: (value) => issuerOf(value) === undefined,
    message: 'That is not the name of a host. A domain looks like my-tenant.eu.auth0.com.',
    what: 'is not a host name',
  },
]

/** What is wrong with a domain, as it was typed or stands somewhere. */
export function domainMistake(value: string): FoundMistake | undefined {
  return firstMistake(mistakes, value)
}
