import type { AppType } from '../model.js'

export interface ApplicationType {
  readonly value: AppType
  readonly label: string
  readonly hint: string
}

export const applicationTypes: readonly ApplicationType[] = [
  { value: 'spa', label: 'Single-page app', hint: 'Runs in the browser, has no secret. Users log in.' },
  { value: 'regular_web', label: 'Web app', hint: 'Runs on a server, has a secret. Users log in.' },
  { value: 'native', label: 'Native, device or CLI', hint: 'Runs on a user’s machine, has no secret. Users log in.' },
  {
    value: 'non_interactive',
    label: 'Machine to machine',
    hint: 'A program that gets tokens for itself, with a secret. Nobody logs in.',
  },
  {
    value: 'resource_server',
    label: 'API',
    hint: 'An API that calls another one on behalf of its callers, by token exchange.',
  },
]

export function labelOf(type: AppType): string {
  return applicationTypes.find(({ value }) => value === type)?.label ?? type
}

export const grantTypeLabels: Readonly<Record<string, string>> = {
  authorization_code: 'Authorization code (users log in)',
  refresh_token: 'Refresh token',
  client_credentials: 'Client credentials (for itself)',
  'urn:ietf:params:oauth:grant-type:device_code': 'Device code',
  'urn:ietf:params:oauth:grant-type:token-exchange': 'Token exchange',
  'urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token': 'Token of a connection',
}
