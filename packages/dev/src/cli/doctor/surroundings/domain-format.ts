import { domainMistake } from '../../project/domain-mistakes.js'
import { writeEnvFile } from '../../project/env-file.js'
import { bareHost } from '../../project/issuer.js'
import type { FoundMistake } from '../../project/value-mistakes.js'
import type { Finding, Mend, Rule } from '../rule.js'
import { type PlacedSetting, placed, settingsOf, shown } from './settings-of.js'

/** The mistakes in a domain that `init` asks about, where they stand already. */
export const domainFormat: Rule = {
  code: 'domain-format',
  severity: 'error',
  mend: { text: 'Set AUTH0_DOMAIN to the bare host, such as your-tenant.eu.auth0.com: no https://, no slash.' },
  docs: 'docs/quickstart.md',
  check: (project) =>
    settingsOf(project, 'AUTH0_DOMAIN').flatMap((setting) => {
      const mistake = domainMistake(setting.value)
      return mistake === undefined ? [] : [findingOf(setting, mistake, project.folder)]
    }),
}

function findingOf(setting: PlacedSetting, { code, what, correction }: FoundMistake, folder: string): Finding {
  const { value, place } = setting
  // Sallyport drops a scheme and a slash, and says so; others do not.
  const isTaken = correction !== undefined && correction === bareHost(value)
  const meant = correction ?? (code === 'dashboard' ? tenantOf(value) : undefined)
  const mend: Mend | undefined = meant === undefined ? undefined : { text: `Set AUTH0_DOMAIN=${meant}` }
  return {
    ...placed(setting),
    message: `${setting.name} ${what}.`,
    // It may have a password in it.
    ...(code === 'userinfo' ? {} : { evidence: `AUTH0_DOMAIN=${shown(value)}` }),
    ...(isTaken ? { severity: 'warning' } : {}),
    ...(mend === undefined ? {} : { mend }),
    ...(correction === undefined || place === undefined
      ? {}
      : { repair: () => writeEnvFile(folder, { AUTH0_DOMAIN: correction }) }),
  }
}

/** That a page of the Dashboard is about. */
function tenantOf(address: string): string | undefined {
  const [, region, tenant] = /manage\.auth0\.com\/dashboard\/(\w+)\/([\w-]+)/.exec(address) ?? []
  return tenant === undefined ? undefined : `${tenant}.${region}.auth0.com`
}
