import type { Hono } from 'hono'
import { apiOf, audienceOf } from './access-policy.js'
import { userOf, usersToChoose } from './chosen-user.js'
import type { DeviceRequest } from './codes.js'
import { readParameters, wordsOf } from './form.js'
import { pollIntervalSeconds } from './grants/device-code.js'
import { randomText } from './identifiers.js'
import { failure } from './oauth-error.js'
import { createOnce, type Once } from './once.js'
import { ActivatePage, MessagePage } from './pages/pages.js'
import type { TenantContext } from './tenant-context.js'

const lifetimeSeconds = 900
/** A device may ask once more after the end, and learn that it is the end. */
const rememberedSeconds = 2 * lifetimeSeconds

/** `/oauth/device/code` and `/activate`. RFC 8628. */
export function serveDevice(app: Hono, context: TenantContext, devices: Once<DeviceRequest>): void {
  const { state, clock, issuer } = context
  const byUserCode = createOnce<DeviceRequest>(clock.nowSeconds)

  app.post('/oauth/device/code', async (c) => {
    const parameters = await readParameters(c)
    const client = state.clients.get(parameters['client_id'] ?? '')
    if (client === undefined) throw failure.unauthorizedClient()
    const grantType = 'urn:ietf:params:oauth:grant-type:device_code'
    if (!client.grant_types.includes(grantType)) throw failure.grantNotAllowed(grantType)
    const audience = audienceOf(parameters, context)
    if (audience !== undefined) apiOf(audience, context)
    const userCode = newUserCode()
    const deviceCode = randomText(43)
    const request: DeviceRequest = {
      client_id: client.client_id,
      user_code: userCode,
      scopes: wordsOf(parameters['scope']),
      audience,
      expires_at: clock.nowSeconds() + lifetimeSeconds,
      decision: undefined,
      polled_at: 0,
    }
    devices.put(deviceCode, request, rememberedSeconds)
    byUserCode.put(userCode, request, lifetimeSeconds)
    return c.json({
      device_code: deviceCode,
      user_code: userCode,
      verification_uri: `${issuer}activate`,
      verification_uri_complete: `${issuer}activate?user_code=${userCode}`,
      expires_in: lifetimeSeconds,
      interval: pollIntervalSeconds,
    })
  })

  app.get('/activate', (c) =>
    c.html(<ActivatePage userCode={c.req.query('user_code')} users={usersToChoose(context)} />),
  )

  app.post('/activate', async (c) => {
    const parameters = await readParameters(c)
    const { user_code: given = '', email, decision } = parameters
    const again = (problem: string) =>
      c.html(<ActivatePage userCode={given} users={usersToChoose(context)} email={email} problem={problem} />, 400)
    const userCode = given.trim().toUpperCase()
    const request = byUserCode.peek(userCode)
    if (request === undefined) return again('There is no device with this code.')
    const isCancelled = decision === 'decline'
    const user = isCancelled ? undefined : userOf(parameters, context)
    if (user === undefined && !isCancelled) return again('Wrong email or password.')
    byUserCode.take(userCode)
    request.decision = user === undefined ? 'refused' : { user_id: user.user_id, auth_time: clock.nowSeconds() }
    return c.html(
      user === undefined ? (
        <MessagePage title="Cancelled" text="The device was not let in." />
      ) : (
        <MessagePage title="Done" text="Go on at the device." />
      ),
    )
  })
}

/** Eight letters that are not easily mistaken for others. */
function newUserCode(): string {
  const letters = 'BCDFGHJKLMNPQRSTVWXZ'
  const text = [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => letters[byte % letters.length]).join('')
  return `${text.slice(0, 4)}-${text.slice(4)}`
}
