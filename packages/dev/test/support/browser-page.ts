// Runs in the browser: esbuild makes one script of it.
import { Auth0Client, type Auth0ClientOptions, type GetTokenSilentlyOptions } from '@auth0/auth0-spa-js'

/** What an application asks for in one of its pages, as the server wrote it there. */
const { options, apiUrl } = Reflect.get(globalThis, 'settings') as PageSettings
const client = new Auth0Client(options)

export interface PageSettings {
  readonly options: Auth0ClientOptions
  readonly apiUrl: string
}

export interface CallResult {
  readonly status: number
  readonly body: unknown
}

const functions = {
  login: () => client.loginWithRedirect(),
  loginWithPopup: () => client.loginWithPopup(),
  /** On the way back from a login. */
  finishLogin: async () => void (await client.handleRedirectCallback()),
  checkSession: () => client.checkSession(),
  user: async () => (await client.getUser()) ?? null,
  token: async (how: GetTokenSilentlyOptions = {}) => (await client.getTokenSilently(how)) ?? null,
  revoke: () => client.revokeRefreshToken(),
  /** Asks the API, with a token and where it is bound a proof. */
  call: async (path: string): Promise<CallResult> => {
    const nonces = options.useDpop === true ? { dpopNonceId: 'api' } : {}
    const { audience } = options.authorizationParams ?? {}
    const fetcher = client.createFetcher({ ...nonces, baseUrl: apiUrl })
    const response = await fetcher.fetchWithAuth(path, {}, audience === undefined ? {} : { audience })
    return { status: response.status, body: await response.json() }
  },
  logout: (returnTo: string) => client.logout({ logoutParams: { returnTo } }),
}

export type PageFunctions = typeof functions

Object.assign(globalThis, { app: functions })
