import type { Page } from 'playwright-core'
import type { Tenant } from '../../../src/index.js'
import { apiOf, roleOf, the, userOf } from './console-client.js'

export interface ConsolePageCase {
  readonly name: string
  readonly path: string
  /** What leads to the page from the one at the path. */
  readonly act?: (page: Page) => Promise<void>
}

const submit = 'main button[type=submit]'

/** Every page of the console and of logins, with its mistakes and its outcomes. */
export function everyPage(tenant: Tenant): readonly ConsolePageCase[] {
  const api = `/console/apis/${apiOf(tenant).id}`
  const system = `/console/apis/${apiOf(tenant, `${tenant.issuer}api/v2/`).id}`
  const user = `/console/users/${encodeURIComponent(userOf(tenant, 'ada@example.com').user_id)}`
  const role = `/console/roles/${roleOf(tenant, 'Editor').id}`
  const grant = the(tenant.state.clientGrants.list().find(({ client_id }) => client_id === 'local-m2m')).id
  const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
  const login = `/authorize?response_type=code&client_id=local-spa&redirect_uri=http://localhost:3000&code_challenge=${challenge}&code_challenge_method=S256`
  return [
    { name: 'overview', path: '/' },
    { name: 'APIs', path: '/console/apis?done=deleted' },
    { name: 'create API', path: '/console/new-api' },
    { name: 'create API, with mistakes', path: '/console/new-api', act: (page) => page.click(submit) },
    { name: 'permissions', path: api },
    { name: 'permissions, with a mistake', path: api, act: (page) => page.click(submit) },
    { name: 'permissions of the Management API', path: system },
    { name: 'remove a permission', path: `${api}/remove?permission=read%3Adata` },
    { name: 'API settings', path: `${api}/settings` },
    { name: 'test', path: `${api}/test` },
    {
      name: 'test, with a Bearer token',
      path: `${api}/test`,
      act: (page) => page.click('[aria-labelledby=as-client-title] button'),
    },
    {
      name: 'test, with a DPoP token',
      path: `${api}/test`,
      act: async (page) => {
        await page.selectOption('#user', { label: 'rob@example.com' })
        await page.check('#user-mode-1')
        await page.click('[aria-labelledby=as-user-title] button')
      },
    },
    { name: 'delete API', path: `${api}/delete` },
    { name: 'applications', path: '/console/applications' },
    { name: 'create application', path: '/console/new-application' },
    { name: 'application', path: '/console/applications/local-m2m' },
    {
      name: 'application, with its secret',
      path: '/console/applications/local-m2m',
      act: (page) => page.click('text=Show secret'),
    },
    {
      name: 'application, with mistakes',
      path: '/console/applications/local-spa',
      act: async (page) => {
        await page.fill('#callbacks', 'nowhere')
        await page.click('text=Save settings')
      },
    },
    { name: 'API access', path: '/console/applications/local-m2m/access' },
    { name: 'API access, none', path: '/console/applications/local-spa/access' },
    { name: 'grant', path: `/console/applications/local-m2m/access/${grant}` },
    { name: 'new secret', path: '/console/applications/local-m2m/rotate' },
    { name: 'users', path: '/console/users' },
    { name: 'create user', path: '/console/new-user' },
    { name: 'user', path: user },
    { name: 'roles', path: '/console/roles' },
    { name: 'create role', path: '/console/new-role' },
    { name: 'role', path: role },
    { name: 'log', path: '/console/log' },
    { name: 'refusals', path: '/console/log?show=refusals' },
    { name: 'inspector', path: '/console/inspector' },
    {
      name: 'inspector, with a token',
      path: '/console/inspector',
      act: async (page) => {
        const token = await tokenOf(tenant)
        await page.fill('#token', token)
        await page.click(submit)
      },
    },
    {
      name: 'inspector, with garbage',
      path: '/console/inspector',
      act: async (page) => {
        await page.fill('#token', 'garbage')
        await page.click(submit)
      },
    },
    { name: 'not found', path: '/console/apis/nothing' },
    { name: 'login', path: login },
    {
      name: 'login, with a mistake',
      path: login,
      act: async (page) => {
        await page.fill('#email', 'ada@example.com')
        await page.fill('#password', 'wrong')
        await page.click('form:last-of-type button')
      },
    },
    { name: 'consent', path: `${login}&prompt=consent`, act: (page) => page.click('text=Log in as rob@example.com') },
    { name: 'activate', path: '/activate' },
    {
      name: 'activate, with a mistake',
      path: '/activate?user_code=BCDF-GHJK',
      act: async (page) => {
        await page.fill('#email', 'ada@example.com')
        await page.fill('#password', 'wrong')
        await page.click('main button:text-is("Confirm")')
      },
    },
  ]
}

/** Where a tenant has nothing yet. */
export const emptyPages: readonly ConsolePageCase[] = [
  { name: 'overview of nothing', path: '/' },
  ...['apis', 'applications', 'users', 'roles', 'log'].map((name) => ({
    name: `no ${name}`,
    path: `/console/${name}`,
  })),
]

async function tokenOf({ issuer }: Tenant): Promise<string> {
  const fields = { grant_type: 'client_credentials', client_id: 'local-m2m', client_secret: 'local-m2m-secret' }
  const body = new URLSearchParams({ ...fields, audience: 'https://api.example.com' })
  const answer = await fetch(`${issuer}oauth/token`, { method: 'POST', body })
  const { access_token } = (await answer.json()) as { readonly access_token: string }
  return access_token
}
