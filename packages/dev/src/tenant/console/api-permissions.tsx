import type { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import * as v from 'valibot'
import type { Permission, ResourceServer } from '../model.js'
import { forgetScopes } from '../references.js'
import type { TenantContext } from '../tenant-context.js'
import { ApiFrame } from './api-frame.js'
import { ConfirmPage } from './confirm-page.js'
import { TextField } from './fields.js'
import { checkForm, countProblems, type Filled, field, filledWith, readForm } from './form.js'
import { found } from './found.js'
import { Badges, Card, Empty } from './parts.js'
import { paths, withDone } from './paths.js'
import { type Column, Table } from './table.js'

/** The permissions of an API. */
export function serveApiPermissions(app: Hono, { state }: TenantContext): void {
  const apiOf = (id: string) => found(state.resourceServers.get(id), 'API')
  const changeable = (id: string) => {
    const api = apiOf(id)
    return found(api.is_system === true ? undefined : api, 'API to change')
  }

  app.get(`${paths.apis}/:id`, (c) =>
    c.html(<PermissionsPage api={apiOf(c.req.param('id'))} form={filledWith({})} done={c.req.query('done')} />),
  )

  app.post(`${paths.apis}/:id`, async (c) => {
    const api = changeable(c.req.param('id'))
    const checked = checkForm(newPermission(api), await readForm(c))
    if (checked.output === undefined) return c.html(<PermissionsPage api={api} form={checked.form} />, 422)
    state.resourceServers.put({ ...api, scopes: [...api.scopes, checked.output] })
    return c.redirect(withDone(paths.api(api.id), 'added'), 303)
  })

  app.get(`${paths.apis}/:id/remove`, (c) => {
    const api = changeable(c.req.param('id'))
    const { value } = found(
      api.scopes.find((scope) => scope.value === c.req.query('permission')),
      'permission',
    )
    return c.html(
      <ConfirmPage
        section="APIs"
        title={`Remove ${value}?`}
        text={`Roles, users and grants that have ${value} of ${api.name} lose it.`}
        action={`${paths.api(api.id)}/remove`}
        hidden={{ permission: value }}
        button="Remove this permission"
        back={{ name: api.name, path: paths.api(api.id) }}
      />,
    )
  })

  app.post(`${paths.apis}/:id/remove`, async (c) => {
    const api = changeable(c.req.param('id'))
    const [value = ''] = (await readForm(c))['permission'] ?? []
    forgetScopes(
      state.resourceServers.put({ ...api, scopes: api.scopes.filter((scope) => scope.value !== value) }),
      state,
    )
    return c.redirect(withDone(paths.api(api.id), 'removed'), 303)
  })
}

function newPermission({ scopes }: ResourceServer) {
  return v.object({
    value: v.pipe(
      field.text('Name the permission, such as read:messages.'),
      v.regex(/^[!#-[\]-~]+$/, 'A permission has no spaces, quotation marks or backslashes, and only ASCII letters.'),
      v.check((value) => !scopes.some((scope) => scope.value === value), 'The API has this permission already.'),
    ),
    description: field.optionalText(),
  })
}

function columnsOf(api: ResourceServer): readonly Column<Permission>[] {
  return [
    { title: 'Permission', cell: ({ value }) => <code>{value}</code> },
    { title: 'Description', cell: ({ description }) => description || null },
    {
      title: 'Remove',
      isAction: true,
      cell: ({ value }) => (
        <a href={`${paths.api(api.id)}/remove?permission=${encodeURIComponent(value)}`} aria-label={`Remove ${value}`}>
          Remove
        </a>
      ),
    },
  ]
}

interface PermissionsPageProps {
  readonly api: ResourceServer
  readonly form: Filled
  readonly done?: string | undefined
}

const PermissionsPage: FC<PermissionsPageProps> = ({ api, form, done }) => (
  <ApiFrame api={api} tab="Permissions" done={done} mistakes={countProblems(form)}>
    {api.is_system === true ? <FixedPermissions api={api} /> : <OwnPermissions api={api} form={form} />}
  </ApiFrame>
)

const FixedPermissions: FC<{ readonly api: ResourceServer }> = ({ api }) => (
  <Card id="permissions" title="Permissions">
    <p class="hint">Every tenant has this API, with these permissions. They cannot be changed.</p>
    <Badges texts={api.scopes.map(({ value }) => value)} />
  </Card>
)

const OwnPermissions: FC<{ readonly api: ResourceServer; readonly form: Filled }> = ({ api, form }) => (
  <>
    {api.scopes.length === 0 ? (
      <Empty
        title="No permissions yet"
        text="A permission is a word that a route of your API asks for, such as read:messages. Add the first one below."
      />
    ) : (
      <Table label="Permissions" columns={columnsOf(api)} rows={api.scopes} />
    )}
    <Card id="add" title="Add a permission">
      <form method="post" action={paths.api(api.id)}>
        <TextField form={form} name="value" label="Permission" hint="As a route asks for it, such as read:messages." />
        <TextField form={form} name="description" label="Description" isOptional />
        <button type="submit">Add permission</button>
      </form>
    </Card>
  </>
)
