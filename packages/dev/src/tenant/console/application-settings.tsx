import type { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { randomText } from '../identifiers.js'
import type { Client } from '../model.js'
import type { TenantContext } from '../tenant-context.js'
import { ApplicationFrame } from './application-frame.js'
import { applicationSettings, settingsOf, withSettings } from './application-settings-form.js'
import { grantTypeLabels } from './application-types.js'
import { CheckField, Choices } from './choices.js'
import { ConfirmPage } from './confirm-page.js'
import { CredentialsCard } from './credentials-card.js'
import { AreaField, TextField } from './fields.js'
import { checkForm, countProblems, type Filled, readForm } from './form.js'
import { found } from './found.js'
import { Card } from './parts.js'
import { paths, withDone } from './paths.js'

/** The credentials of an application, and its settings. */
export function serveApplicationSettings(app: Hono, { state, issuer }: TenantContext): void {
  const { clients } = state
  const clientOf = (id: string) => found(clients.get(id), 'application')
  const domain = new URL(issuer).host

  app.get(`${paths.applications}/:id`, (c) => {
    const client = clientOf(c.req.param('id'))
    const done = c.req.query('done')
    return c.html(<SettingsPage client={client} domain={domain} form={settingsOf(client)} done={done} />)
  })

  app.post(`${paths.applications}/:id`, async (c) => {
    const client = clientOf(c.req.param('id'))
    const checked = checkForm(applicationSettings, await readForm(c))
    if (checked.output === undefined)
      return c.html(<SettingsPage client={client} domain={domain} form={checked.form} />, 422)
    clients.put(withSettings(client, checked.output))
    return c.redirect(withDone(paths.application(client.client_id), 'saved'), 303)
  })

  app.post(`${paths.applications}/:id/secret`, (c) => {
    const client = clientOf(c.req.param('id'))
    return c.html(<SettingsPage client={client} domain={domain} form={settingsOf(client)} showsSecret />)
  })

  app.get(`${paths.applications}/:id/rotate`, (c) => {
    const { client_id, name } = clientOf(c.req.param('id'))
    return c.html(
      <ConfirmPage
        section="Applications"
        title={`New secret for ${name}?`}
        text="The present one stops working at once: whatever runs with it gets no more tokens until it has the new one."
        action={`${paths.application(client_id)}/rotate`}
        button="Make a new secret"
        back={{ name, path: paths.application(client_id) }}
      />,
    )
  })

  app.post(`${paths.applications}/:id/rotate`, (c) => {
    const client = clientOf(c.req.param('id'))
    clients.put({ ...client, client_secret: randomText(64) })
    return c.redirect(withDone(paths.application(client.client_id), 'rotated'), 303)
  })
}

interface SettingsPageProps {
  readonly client: Client
  readonly domain: string
  readonly form: Filled
  readonly done?: string | undefined
  readonly showsSecret?: boolean
}

const SettingsPage: FC<SettingsPageProps> = ({ client, domain, form, done, showsSecret = false }) => {
  const path = paths.application(client.client_id)
  const grantTypes = Object.entries(grantTypeLabels).map(([value, label]) => ({ value, label }))
  return (
    <ApplicationFrame client={client} tab="Settings" done={done} mistakes={countProblems(form)}>
      <CredentialsCard client={client} domain={domain} showsSecret={showsSecret} />
      <form class="stack" method="post" action={path}>
        <Card id="general" title="General">
          <TextField form={form} name="name" label="Name" />
          <Choices form={form} kind="checkbox" name="grants" label="Grant types" options={grantTypes} />
          <CheckField
            form={form}
            name="dpop"
            label="Require DPoP"
            hint="No token without a proof, whatever the API says. RFC 9449."
          />
        </Card>
        <Card id="addresses" title="Addresses">
          <p class="hint">One on each line. They are compared letter by letter.</p>
          <AreaField
            form={form}
            name="callbacks"
            label="Callback URLs"
            isOptional
            hint="Where a login may go back to, such as http://localhost:3000/callback."
          />
          <AreaField
            form={form}
            name="logoutUrls"
            label="Logout URLs"
            isOptional
            hint="Where a logout may go back to, such as http://localhost:3000."
          />
          <AreaField
            form={form}
            name="webOrigins"
            label="Web origins"
            isOptional
            hint="Whose pages may log in silently: scheme, host and port, such as http://localhost:3000."
          />
        </Card>
        <div class="actions">
          <button type="submit">Save settings</button>
          <a class="button danger-link" href={`${path}/delete`}>
            Delete this application…
          </a>
        </div>
      </form>
    </ApplicationFrame>
  )
}
