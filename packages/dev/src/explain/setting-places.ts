import { paths } from '../tenant/console/paths.js'
import type { Facts } from './facts.js'
import type { JsonObject } from './json-part.js'

/** The address of a page in the console of a local tenant; `undefined` for any other issuer, which has a Dashboard. */
export function consoleAddress(issuer: string | undefined, page: string): string | undefined {
  return issuer?.startsWith('http:') === true ? new URL(page, issuer).href : undefined
}

/** The page of what an application may ask an API for. */
export function grantPage(clientId: string): string {
  return `${paths.application(clientId)}/access`
}

/** Where the settings of an API are, for a mend. */
export function apiSettingsPlace({ issuers: [issuer] }: Pick<Facts, 'issuers'>): string {
  return consoleAddress(issuer, paths.apis) ?? 'Auth0 Dashboard: Applications → APIs → Settings'
}

/** Where the client grant of a token's application is, for a mend. */
export function grantPlace({ issuers: [issuer], claims }: Pick<Facts, 'issuers' | 'claims'>): string {
  const client = clientOf(claims)
  const page = client === undefined ? paths.applications : grantPage(client)
  return consoleAddress(issuer, page) ?? 'Auth0 Dashboard: Applications → APIs → Machine to Machine Applications'
}

function clientOf({ azp, client_id }: JsonObject): string | undefined {
  return [azp, client_id].find((one) => typeof one === 'string')
}
