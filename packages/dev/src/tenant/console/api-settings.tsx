import type { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import type { ResourceServer } from '../model.js'
import type { TenantContext } from '../tenant-context.js'
import { ApiFrame } from './api-frame.js'
import { apiSettings, settingsOf, withSettings } from './api-settings-form.js'
import { CheckField, Choices } from './choices.js'
import { SelectField, TextField } from './fields.js'
import { checkForm, countProblems, type Filled, readForm } from './form.js'
import { found } from './found.js'
import { Card } from './parts.js'
import { paths, withDone } from './paths.js'

/** What tokens for an API are like, and who gets them. */
export function serveApiSettings(app: Hono, { state }: TenantContext): void {
  const apiOf = (id: string) => found(state.resourceServers.get(id), 'API')

  app.get(`${paths.apis}/:id/settings`, (c) => {
    const api = apiOf(c.req.param('id'))
    return c.html(<SettingsPage api={api} form={settingsOf(api)} done={c.req.query('done')} />)
  })

  app.post(`${paths.apis}/:id/settings`, async (c) => {
    const api = apiOf(c.req.param('id'))
    const checked = checkForm(apiSettings, await readForm(c))
    if (checked.output === undefined) return c.html(<SettingsPage api={api} form={checked.form} />, 422)
    state.resourceServers.put(withSettings(api, checked.output))
    return c.redirect(withDone(`${paths.api(api.id)}/settings`, 'saved'), 303)
  })
}

const dialects = [
  { value: 'access_token', label: 'access_token', hint: 'Auth0’s own: typ JWT, the application in azp.' },
  {
    value: 'access_token_authz',
    label: 'access_token_authz',
    hint: 'The same, with a permissions claim where RBAC is on.',
  },
  { value: 'rfc9068_profile', label: 'rfc9068_profile', hint: 'The standard’s: typ at+jwt, client_id and jti.' },
  {
    value: 'rfc9068_profile_authz',
    label: 'rfc9068_profile_authz',
    hint: 'The same, with a permissions claim where RBAC is on.',
  },
]

const dpopModes = [
  {
    value: 'none',
    label: 'None',
    hint: 'All tokens are plain Bearer tokens, also where an application sends a proof.',
  },
  { value: 'allowed', label: 'Allowed', hint: 'A token is bound to a key where the application sends a proof.' },
  { value: 'required', label: 'Required', hint: 'No token without a proof.' },
]

const userPolicies = [
  { value: 'allow_all', label: 'Every application' },
  { value: 'require_client_grant', label: 'Applications with a grant for users' },
  { value: 'deny_all', label: 'No application' },
]

const clientPolicies = [
  { value: 'require_client_grant', label: 'Applications with a grant' },
  { value: 'deny_all', label: 'No application' },
]

const SettingsPage: FC<{ readonly api: ResourceServer; readonly form: Filled; readonly done?: string | undefined }> = ({
  api,
  form,
  done,
}) => (
  <ApiFrame api={api} tab="Settings" done={done} mistakes={countProblems(form)}>
    <form class="stack" method="post" action={`${paths.api(api.id)}/settings`}>
      <Card id="general" title="General">
        <TextField form={form} name="name" label="Name" />
        <Choices form={form} kind="radio" name="dialect" label="Token dialect" options={dialects} />
      </Card>
      <Card id="access" title="Access">
        <CheckField
          form={form}
          name="rbac"
          label="Role-based access control (RBAC)"
          hint="A user’s token has only permissions that the user has, by roles or directly. Without it, every permission that an application asks for."
        />
        <SelectField form={form} name="users" label="Who gets tokens for users" options={userPolicies} />
        <SelectField form={form} name="clients" label="Who gets tokens for itself" options={clientPolicies} />
        <CheckField
          form={form}
          name="offline"
          label="Offline access"
          hint="Applications that ask for offline_access get a refresh token."
        />
      </Card>
      <Card id="possession" title="DPoP">
        <Choices
          form={form}
          kind="radio"
          name="dpop"
          label="Tokens bound to a key of the application"
          hint="A stolen token is of no use without the key. RFC 9449."
          options={dpopModes}
        />
      </Card>
      <Card id="lifetimes" title="Lifetimes">
        <TextField
          form={form}
          name="lifetime"
          label="Token lifetime, in seconds"
          inputmode="numeric"
          hint="Auth0 begins with 86400, a day."
        />
        <TextField
          form={form}
          name="lifetimeForWeb"
          label="For implicit and hybrid flows, in seconds"
          inputmode="numeric"
          hint="Auth0 begins with 7200, two hours. This tenant has neither flow: single-page apps log in by code."
        />
      </Card>
      <div class="actions">
        <button type="submit">Save settings</button>
        {api.is_system === true ? null : (
          <a class="button danger-link" href={`${paths.api(api.id)}/delete`}>
            Delete this API…
          </a>
        )}
      </div>
    </form>
  </ApiFrame>
)
