import type { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import * as v from 'valibot'
import type { Client, ResourceServer } from '../model.js'
import { newClient } from '../new-entities.js'
import { remove } from '../references.js'
import type { TenantContext } from '../tenant-context.js'
import { applicationTypes, labelOf } from './application-types.js'
import { Choices } from './choices.js'
import { ConfirmPage } from './confirm-page.js'
import { ConsolePage } from './console-page.js'
import { SelectField, TextField } from './fields.js'
import { checkForm, countProblems, type Filled, field, filledWith, readForm } from './form.js'
import { found } from './found.js'
import { Badge, Empty, Head } from './parts.js'
import { paths, withDone } from './paths.js'
import { type Column, Table } from './table.js'

/** The list of applications; to create one, and to delete one. */
export function serveApplications(app: Hono, { state }: TenantContext): void {
  const { clients } = state
  const apis = () => state.resourceServers.list().filter(({ is_system }) => is_system !== true)

  app.get(paths.applications, (c) => c.html(<ApplicationsPage clients={clients.list()} done={c.req.query('done')} />))

  app.get(paths.newApplication, (c) => c.html(<NewApplicationPage form={filledWith({ type: 'spa' })} apis={apis()} />))

  app.post(paths.newApplication, async (c) => {
    const checked = checkForm(newApplication, await readForm(c))
    if (checked.output === undefined) return c.html(<NewApplicationPage form={checked.form} apis={apis()} />, 422)
    const { name, type, api } = checked.output
    const actsFor =
      type === 'resource_server'
        ? {
            resource_server_identifier: found(state.resourceServers.get(api), 'API').identifier,
            token_exchange: { allow_any_profile_of_type: ['on_behalf_of_token_exchange'] },
          }
        : {}
    const { client_id } = clients.put({ ...newClient({ name, app_type: type }), ...actsFor })
    return c.redirect(withDone(paths.application(client_id), 'created'), 303)
  })

  app.get(`${paths.applications}/:id/delete`, (c) => {
    const { client_id, name } = found(clients.get(c.req.param('id')), 'application')
    return c.html(
      <ConfirmPage
        section="Applications"
        title={`Delete ${name}?`}
        text="Its grants and refresh tokens go with it. Access tokens that are out keep working until they expire."
        action={`${paths.application(client_id)}/delete`}
        button="Delete this application"
        back={{ name, path: paths.application(client_id) }}
      />,
    )
  })

  app.post(`${paths.applications}/:id/delete`, (c) => {
    remove.client(found(clients.get(c.req.param('id')), 'application'), state)
    return c.redirect(withDone(paths.applications, 'deleted'), 303)
  })
}

const newApplication = v.pipe(
  v.object({
    name: field.text('Give it a name, such as My web app.'),
    type: field.oneOf(['spa', 'regular_web', 'native', 'non_interactive', 'resource_server']),
    api: field.optionalText(),
  }),
  v.forward(
    v.partialCheck(
      [['type'], ['api']],
      ({ type, api }) => type !== 'resource_server' || api !== '',
      'Choose the API that it is.',
    ),
    ['api'],
  ),
)

const columns: readonly Column<Client>[] = [
  { title: 'Name', cell: ({ client_id, name }) => <a href={paths.application(client_id)}>{name}</a> },
  { title: 'Type', cell: ({ app_type }) => <Badge>{labelOf(app_type)}</Badge> },
  { title: 'Client ID', cell: ({ client_id }) => <code>{client_id}</code> },
]

const ApplicationsPage: FC<{ readonly clients: readonly Client[]; readonly done: string | undefined }> = ({
  clients,
  done,
}) => (
  <ConsolePage title="Applications" section="Applications" done={done}>
    <Head title="Applications" text="What gets tokens: for users who log in to it, or for itself.">
      {clients.length === 0 ? null : (
        <a class="button" href={paths.newApplication}>
          Create application
        </a>
      )}
    </Head>
    {clients.length === 0 ? (
      <Empty
        title="No applications yet"
        text="Create one for your front end, or one that calls your API by itself. Then say which API it may use."
      >
        <a class="button" href={paths.newApplication}>
          Create the first application
        </a>
      </Empty>
    ) : (
      <Table label="Applications" columns={columns} rows={clients} />
    )}
  </ConsolePage>
)

const NewApplicationPage: FC<{ readonly form: Filled; readonly apis: readonly ResourceServer[] }> = ({
  form,
  apis,
}) => (
  <ConsolePage title="Create application" section="Applications" mistakes={countProblems(form)}>
    <Head title="Create application" up={{ name: 'Applications', path: paths.applications }} />
    <form class="card" method="post" action={paths.newApplication}>
      <TextField form={form} name="name" label="Name" hint="Users see it when they log in." />
      <Choices form={form} kind="radio" name="type" label="Type" options={applicationTypes} />
      <SelectField
        form={form}
        name="api"
        label="The API that it is"
        isOptional
        hint="Only for the type API."
        options={[{ value: '', label: 'None' }, ...apis.map(({ id, name }) => ({ value: id, label: name }))]}
      />
      <div class="actions">
        <button type="submit">Create application</button>
        <a class="button quiet" href={paths.applications}>
          Cancel
        </a>
      </div>
    </form>
  </ConsolePage>
)
