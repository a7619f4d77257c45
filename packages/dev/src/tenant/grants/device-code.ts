import { apiOf } from '../access-policy.js'
import { failure } from '../oauth-error.js'
import { userTokens } from '../user-tokens.js'
import type { Grant } from './grant.js'

export const pollIntervalSeconds = 5

/** RFC 8628 section 3.4. */
export const deviceCode: Grant = async ({ by, parameters, jkt, context, devices, onAudience }) => {
  const given = parameters['device_code']
  if (given === undefined) throw failure.missing('device_code')
  const request = devices.peek(given)
  if (request === undefined || request.client_id !== by.client.client_id) throw failure.badDeviceCode()
  onAudience(request.audience)
  const now = context.clock.nowSeconds()
  if (request.expires_at < now) {
    devices.take(given)
    throw failure.expiredDeviceCode()
  }
  const isTooSoon = now - request.polled_at < pollIntervalSeconds
  request.polled_at = now
  const { decision } = request
  if (decision === undefined) throw isTooSoon ? failure.slowDown() : failure.pending()
  devices.take(given)
  const user = decision === 'refused' ? undefined : context.state.users.get(decision.user_id)
  if (decision === 'refused' || user === undefined) throw failure.userCancelled()
  const api = request.audience === undefined ? undefined : apiOf(request.audience, context)
  return userTokens(by, { user, api, scopes: request.scopes, authTime: decision.auth_time, jkt }, context)
}
