import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTenant, type Tenant } from '../../src/index.js'
import { createBrowserByFetch } from '../support/browser-by-fetch.js'

const audience = 'https://api.example.com'

let tenant: Tenant

beforeAll(async () => {
  tenant = await startTenant({ port: 0 })
})
afterAll(() => tenant.close())

async function decide({ verification_uri_complete: url = '' }: client.DeviceAuthorizationResponse, button: string) {
  const browser = createBrowserByFetch(new URL(url).origin)
  return browser.press(await browser.visit(url), button)
}

/** @param onPoll Called with all answers to polls so far, before the client gets the newest. */
async function createDevice(onPoll: (answers: readonly string[]) => Promise<unknown> = async () => undefined) {
  const answers: string[] = []
  const device = await client.discovery(new URL(tenant.issuer), 'local-native', undefined, client.None(), {
    execute: [client.allowInsecureRequests],
    [client.customFetch]: async (url, options) => {
      const response = await fetch(url, options as RequestInit)
      if (url.endsWith('/oauth/token')) {
        const { error = 'ok' } = (await response.clone().json()) as { readonly error?: string }
        answers.push(`${response.status} ${error}`)
        await onPoll(answers)
      }
      return response
    },
  })
  return { device, answers }
}

// Real clients wait for real seconds: all at the same time.
describe.concurrent('the device flow', () => {
  it('goes on while nobody has decided, and gives tokens then', async () => {
    const { device, answers } = await createDevice(async ({ length }) => {
      if (length === 1) await decide(started, 'Confirm as ada@example.com')
    })
    const scope = 'openid offline_access read:messages'
    const started = await client.initiateDeviceAuthorization(device, { scope, audience })
    expect(started).toMatchObject({
      user_code: expect.stringMatching(/^[A-Z]{4}-[A-Z]{4}$/),
      verification_uri: `${tenant.issuer}activate`,
      expires_in: 900,
      interval: 5,
    })
    const tokens = await client.pollDeviceAuthorizationGrant(device, started)
    expect(answers).toEqual(['403 authorization_pending', '200 ok'])
    expect(tokens).toMatchObject({ token_type: 'bearer', scope, refresh_token: expect.any(String) })
    expect(tokens.claims()?.aud).toBe('local-native')
  })

  it('ends when the user declines', async () => {
    const { device, answers } = await createDevice()
    const started = await client.initiateDeviceAuthorization(device, { scope: 'openid' })
    expect((await decide(started, 'Cancel')).html).toContain('The device was not let in.')
    await expect(client.pollDeviceAuthorizationGrant(device, started)).rejects.toMatchObject({ error: 'access_denied' })
    expect(answers).toEqual(['403 access_denied'])
  })

  it('slows down a client that asks too often', async () => {
    const { device, answers } = await createDevice(async ({ length }) => {
      if (length === 2) await decide(started, 'Confirm as rob@example.com')
    })
    const started = await client.initiateDeviceAuthorization(device, { scope: 'openid' })
    await client.pollDeviceAuthorizationGrant(device, { ...started, interval: 1 })
    expect(answers).toEqual(['403 authorization_pending', '429 slow_down', '200 ok'])
  })
})
