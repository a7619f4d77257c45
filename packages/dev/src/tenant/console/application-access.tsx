import type { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import * as v from 'valibot'
import { newId } from '../identifiers.js'
import type { Client, ClientGrant, ResourceServer } from '../model.js'
import type { TenantContext } from '../tenant-context.js'
import { ApplicationFrame } from './application-frame.js'
import { Choices } from './choices.js'
import { SelectField } from './fields.js'
import { checkForm, countProblems, type Filled, field, filledWith, readForm } from './form.js'
import { found } from './found.js'
import { ownFirst } from './own-first.js'
import { Badge, Badges, Card, Empty } from './parts.js'
import { paths, withDone } from './paths.js'
import { type Column, Table } from './table.js'

/** Which APIs an application may use: its client grants. */
export function serveApplicationAccess(app: Hono, { state }: TenantContext): void {
  const { clients, clientGrants, resourceServers } = state
  const clientOf = (id: string) => found(clients.get(id), 'application')
  const rowsOf = ({ client_id }: Client): readonly GrantRow[] =>
    clientGrants
      .list()
      .filter((grant) => grant.client_id === client_id)
      .map((grant) => ({ grant, api: resourceServers.list().find(({ identifier }) => identifier === grant.audience) }))

  app.get(`${paths.applications}/:id/access`, (c) => {
    const client = clientOf(c.req.param('id'))
    const form = filledWith({ subject: client.grant_types.includes('client_credentials') ? 'client' : 'user' })
    const page = {
      client,
      form,
      rows: rowsOf(client),
      apis: ownFirst(resourceServers.list()),
      done: c.req.query('done'),
    }
    return c.html(<AccessPage {...page} />)
  })

  app.post(`${paths.applications}/:id/access`, async (c) => {
    const client = clientOf(c.req.param('id'))
    const rows = rowsOf(client)
    const checked = checkForm(newGrant(rows), await readForm(c))
    if (checked.output === undefined)
      return c.html(
        <AccessPage client={client} form={checked.form} rows={rows} apis={ownFirst(resourceServers.list())} />,
        422,
      )
    const { api, subject } = checked.output
    const audience = found(
      resourceServers.list().find(({ identifier }) => identifier === api),
      'API',
    ).identifier
    const { client_id } = client
    const grant = { client_id, audience, scope: [], subject_type: subject, allow_all_scopes: true }
    const { id } = clientGrants.put({ id: newId.clientGrant(), ...grant })
    return c.redirect(withDone(`${paths.application(client_id)}/access/${id}`, 'added'), 303)
  })
}

interface GrantRow {
  readonly grant: ClientGrant
  readonly api: ResourceServer | undefined
}

function newGrant(rows: readonly GrantRow[]) {
  const isThere = ({ api, subject }: { readonly api: string; readonly subject: string }) =>
    rows.some(({ grant }) => grant.audience === api && grant.subject_type === subject)
  return v.pipe(
    v.object({ api: field.text('Choose an API.'), subject: field.oneOf(['client', 'user']) }),
    v.forward(
      v.partialCheck([['api'], ['subject']], (given) => !isThere(given), 'It has this grant already: edit it above.'),
      ['api'],
    ),
  )
}

const subjects = [
  { value: 'client', label: 'For itself', hint: 'Tokens by client credentials.' },
  { value: 'user', label: 'For users', hint: 'The most that it gets for a user who logs in to it.' },
]

function columnsOf({ client_id }: Client): readonly Column<GrantRow>[] {
  const path = (grant: ClientGrant) => `${paths.application(client_id)}/access/${encodeURIComponent(grant.id)}`
  return [
    { title: 'API', cell: ({ grant, api }) => <a href={path(grant)}>{api?.name ?? grant.audience}</a> },
    {
      title: 'Tokens',
      cell: ({ grant }) => <Badge>{grant.subject_type === 'client' ? 'for itself' : 'for users'}</Badge>,
    },
    {
      title: 'Permissions',
      cell: ({ grant }) =>
        grant.allow_all_scopes === true ? 'all' : grant.scope.length === 0 ? 'none' : <Badges texts={grant.scope} />,
    },
    {
      title: 'Edit',
      isAction: true,
      cell: ({ grant, api }) => (
        <a href={path(grant)} aria-label={`Edit the grant for ${api?.name ?? grant.audience}`}>
          Edit
        </a>
      ),
    },
  ]
}

interface AccessPageProps {
  readonly client: Client
  readonly rows: readonly GrantRow[]
  readonly apis: readonly ResourceServer[]
  readonly form: Filled
  readonly done?: string | undefined
}

const AccessPage: FC<AccessPageProps> = ({ client, rows, apis, form, done }) => (
  <ApplicationFrame client={client} tab="API access" done={done} mistakes={countProblems(form)}>
    {rows.length === 0 ? (
      <Empty
        title="No grants yet"
        text="To get tokens for itself, an application needs a grant for the API. For users it does not, unless the API says so in its settings."
      />
    ) : (
      <Table label="Grants" columns={columnsOf(client)} rows={rows} />
    )}
    <Card id="add" title="Let it use an API">
      <form method="post" action={`${paths.application(client.client_id)}/access`}>
        <SelectField
          form={form}
          name="api"
          label="API"
          options={apis.map(({ identifier, name }) => ({ value: identifier, label: `${name} (${identifier})` }))}
        />
        <Choices form={form} kind="radio" name="subject" label="Tokens" options={subjects} />
        <button type="submit">Add grant</button>
      </form>
    </Card>
  </ApplicationFrame>
)
