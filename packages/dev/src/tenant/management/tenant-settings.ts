import * as v from 'valibot'
import type { TenantSettings } from '../model.js'
import { selectFields } from './fields.js'
import { missing } from './management-failure.js'
import type { Operation } from './operation.js'
import { flag, looseText, onlyInAuth0, plainObject, text } from './payload-types.js'
import { apiWith } from './resource-servers.js'

const hours = v.pipe(v.number(), v.minValue(1, 'Value is less than minimum 1'))

const settingsChanges = v.strictObject({
  friendly_name: v.exactOptional(text),
  /** The empty one is none. */
  default_audience: v.exactOptional(looseText),
  support_email: v.exactOptional(looseText),
  session_lifetime: v.exactOptional(hours),
  support_url: v.exactOptional(looseText),
  picture_url: v.exactOptional(looseText),
  default_directory: v.exactOptional(looseText),
  default_redirection_uri: v.exactOptional(looseText),
  idle_session_lifetime: v.exactOptional(hours),
  enabled_locales: v.exactOptional(v.pipe(v.array(text), v.nonEmpty('Array is too short'))),
  flags: v.exactOptional(v.pipe(plainObject, v.record(v.string(), flag))),
  allow_organization_name_in_authentication_api: v.exactOptional(flag),
  ...onlyInAuth0(
    'acr_values_supported',
    'allowed_logout_urls',
    'change_password',
    'customize_mfa_in_postlogin_action',
    'default_token_quota',
    'device_flow',
    'ephemeral_session_lifetime',
    'error_page',
    'guardian_mfa_page',
    'idle_ephemeral_session_lifetime',
    'legacy_sandbox_version',
    'mtls',
    'oidc_logout',
    'pushed_authorization_requests_supported',
    'sandbox_version',
    'session_cookie',
    'sessions',
    'skip_non_verifiable_callback_uri_confirmation_prompt',
  ),
})

export const tenantSettings: readonly Operation[] = [
  {
    method: 'GET',
    path: '/tenants/settings',
    scopes: ['read:tenant_settings'],
    answer: ({ context, query }) => selectFields(query)(presentSettings(context.state.settings.get())),
  },
  {
    method: 'PATCH',
    path: '/tenants/settings',
    scopes: ['update:tenant_settings'],
    answer: ({ context, body }) => {
      const { settings } = context.state
      const changes = body(settingsChanges)
      const audience = changes.default_audience
      if (audience && apiWith(audience, context) === undefined) throw missing.resourceServer()
      settings.set({ ...settings.get(), ...changes, flags: { ...settings.get().flags, ...changes.flags } })
      return presentSettings(settings.get())
    },
  },
]

/** Without the setting that Auth0 does not have. */
function presentSettings({ show_consent: _, ...settings }: TenantSettings): object {
  return { flags: {}, ...settings }
}
