import type { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import * as v from 'valibot'
import type { Client, ClientGrant, ResourceServer } from '../model.js'
import type { TenantContext } from '../tenant-context.js'
import { Choices } from './choices.js'
import { ConfirmPage } from './confirm-page.js'
import { ConsolePage } from './console-page.js'
import { checkForm, countProblems, type Filled, field, filledWith, readForm } from './form.js'
import { found } from './found.js'
import { Facts, Head } from './parts.js'
import { paths, withDone } from './paths.js'

const grantForm = v.object({ extent: field.oneOf(['all', 'some']), permissions: field.many() })

/** One client grant. */
export function serveApplicationGrant(app: Hono, { state }: TenantContext): void {
  const { clients, clientGrants, resourceServers } = state

  function pageOf(clientId: string, grantId: string): Omit<GrantPageProps, 'form'> {
    const grant = found(clientGrants.get(grantId), 'grant')
    const client = found(clients.get(grant.client_id === clientId ? clientId : ''), 'grant')
    const api = resourceServers.list().find(({ identifier }) => identifier === grant.audience)
    return { client, grant, api: found(api, 'API') }
  }

  app.get(`${paths.applications}/:id/access/:grant`, (c) => {
    const page = pageOf(c.req.param('id'), c.req.param('grant'))
    const { scope, allow_all_scopes } = page.grant
    const form = filledWith({ extent: allow_all_scopes === true ? 'all' : 'some', permissions: scope })
    return c.html(<GrantPage {...page} form={form} done={c.req.query('done')} />)
  })

  app.post(`${paths.applications}/:id/access/:grant`, async (c) => {
    const page = pageOf(c.req.param('id'), c.req.param('grant'))
    const checked = checkForm(grantForm, await readForm(c))
    if (checked.output === undefined) return c.html(<GrantPage {...page} form={checked.form} />, 422)
    const { extent, permissions } = checked.output
    const { allow_all_scopes: _, ...grant } = page.grant
    const known = page.api.scopes.map(({ value }) => value).filter((value) => permissions.includes(value))
    clientGrants.put(extent === 'all' ? { ...grant, scope: [], allow_all_scopes: true } : { ...grant, scope: known })
    return c.redirect(withDone(`${paths.application(page.client.client_id)}/access`, 'saved'), 303)
  })

  app.get(`${paths.applications}/:id/access/:grant/remove`, (c) => {
    const { client, grant, api } = pageOf(c.req.param('id'), c.req.param('grant'))
    const path = `${paths.application(client.client_id)}/access`
    return c.html(
      <ConfirmPage
        section="Applications"
        title={`Remove the grant for ${api.name}?`}
        text={`${client.name} gets no more tokens by it. Tokens that are out keep working until they expire.`}
        action={`${path}/${encodeURIComponent(grant.id)}/remove`}
        button="Remove this grant"
        back={{ name: client.name, path }}
      />,
    )
  })

  app.post(`${paths.applications}/:id/access/:grant/remove`, (c) => {
    const { client, grant } = pageOf(c.req.param('id'), c.req.param('grant'))
    clientGrants.delete(grant.id)
    return c.redirect(withDone(`${paths.application(client.client_id)}/access`, 'removed'), 303)
  })
}

const extents = [
  { value: 'all', label: 'All permissions', hint: 'Also those that the API gets later.' },
  { value: 'some', label: 'Only these', hint: 'As chosen below.' },
]

interface GrantPageProps {
  readonly client: Client
  readonly grant: ClientGrant
  readonly api: ResourceServer
  readonly form: Filled
  readonly done?: string | undefined
}

const GrantPage: FC<GrantPageProps> = ({ client, grant, api, form, done }) => {
  const path = `${paths.application(client.client_id)}/access`
  const own = `${path}/${encodeURIComponent(grant.id)}`
  return (
    <ConsolePage title={`${client.name}: grant`} section="Applications" done={done} mistakes={countProblems(form)}>
      <Head title={`What ${client.name} may do`} up={{ name: `${client.name}: API access`, path }} />
      <form class="card" method="post" action={own}>
        <Facts
          facts={[
            ['API', <a href={paths.api(api.id)}>{api.name}</a>],
            ['Tokens', grant.subject_type === 'client' ? 'for itself' : 'for users'],
          ]}
        />
        <Choices form={form} kind="radio" name="extent" label="Permissions" options={extents} />
        {api.scopes.length === 0 ? (
          <p class="hint">This API has no permissions yet.</p>
        ) : (
          <Choices
            form={form}
            kind="checkbox"
            name="permissions"
            label="These"
            options={api.scopes.map(({ value, description }) => ({ value, label: value, hint: description }))}
          />
        )}
        <div class="actions">
          <button type="submit">Save grant</button>
          <a class="button danger-link" href={`${own}/remove`}>
            Remove this grant…
          </a>
        </div>
      </form>
    </ConsolePage>
  )
}
