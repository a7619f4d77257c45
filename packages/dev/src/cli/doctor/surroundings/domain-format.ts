import { writeEnvFile } from '../../project/env-file.js'
import { bareHost, issuerOf } from '../network/issuer.js'
import type { Finding, Mend, Rule } from '../rule.js'
import { isPlaceholder } from './placeholder.js'
import { type PlacedSetting, placed, settingsOf, shown } from './settings-of.js'

interface Spoilt {
  readonly pattern: RegExp
  /** Completes the sentence "AUTH0_DOMAIN …". */
  readonly what: string
}

/** In the order in which they are named. */
const spoilt: readonly Spoilt[] = [
  { pattern: /manage\.auth0\.com|-admin\./i, what: "is the address of Auth0's dashboard" },
  { pattern: /["'`]/, what: 'has a quote in it' },
  { pattern: /\s/, what: 'has white space in it' },
  { pattern: /^https?:\/\//i, what: 'starts with https:// or http://' },
  { pattern: /\/.+$/, what: 'has a path behind the host' },
  { pattern: /\/$/, what: 'ends with a slash' },
]

export const domainFormat: Rule = {
  code: 'domain-format',
  severity: 'error',
  mend: { text: 'Set AUTH0_DOMAIN to the bare host, such as your-tenant.eu.auth0.com: no https://, no slash.' },
  docs: 'docs/quickstart.md',
  check: (project) =>
    settingsOf(project, 'AUTH0_DOMAIN').flatMap((setting) => {
      const what = mistakeOf(setting.value)
      return what === undefined ? [] : [findingOf(setting, what, project.folder)]
    }),
}

function mistakeOf(domain: string): string | undefined {
  if (isPlaceholder(domain)) return 'still is a placeholder'
  const found = spoilt.find(({ pattern }) => pattern.test(domain))
  return found?.what ?? (issuerOf(domain) === undefined ? 'is not a host name' : undefined)
}

function findingOf(setting: PlacedSetting, what: string, folder: string): Finding {
  const { value, place } = setting
  const host = hostIn(value)
  // Sallyport drops a scheme and a slash, and says so; others do not.
  const isTaken = issuerOf(bareHost(value)) !== undefined && !isPlaceholder(value) && host === bareHost(value)
  return {
    ...placed(setting),
    message: `${setting.name} ${what}.`,
    evidence: `AUTH0_DOMAIN=${shown(value)}`,
    ...(isTaken ? { severity: 'warning' } : {}),
    ...mendOf(value, host),
    ...(host === undefined || place === undefined
      ? {}
      : { repair: () => writeEnvFile(folder, { AUTH0_DOMAIN: host }) }),
  }
}

/** The host that is meant, where there is no doubt. */
function hostIn(value: string): string | undefined {
  if (isPlaceholder(value) || spoilt[0]?.pattern.test(value) === true) return undefined
  const host = value
    .replace(/["'`\s]/g, '')
    .replace(/^https?:\/\//i, '')
    .replace(/[/?#].*$/, '')
  return issuerOf(host) === undefined ? undefined : host
}

function mendOf(value: string, host: string | undefined): { readonly mend?: Mend } {
  const [, region, tenant] = /manage\.auth0\.com\/dashboard\/(\w+)\/([\w-]+)/.exec(value) ?? []
  const meant = host ?? (tenant === undefined ? undefined : `${tenant}.${region}.auth0.com`)
  return meant === undefined ? {} : { mend: { text: `Set AUTH0_DOMAIN=${meant}` } }
}
