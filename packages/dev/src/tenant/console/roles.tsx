import type { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import * as v from 'valibot'
import { newId } from '../identifiers.js'
import type { Role, User } from '../model.js'
import { remove } from '../references.js'
import type { TenantContext } from '../tenant-context.js'
import { ConfirmPage } from './confirm-page.js'
import { ConsolePage } from './console-page.js'
import { countOf } from './durations.js'
import { TextField } from './fields.js'
import { checkForm, countProblems, type Filled, field, filledWith, readForm } from './form.js'
import { found } from './found.js'
import { Empty, Head } from './parts.js'
import { paths, withDone } from './paths.js'
import { type Column, Table } from './table.js'

/** The list of roles; to create one, and to delete one. */
export function serveRoles(app: Hono, { state }: TenantContext): void {
  const { roles, users } = state

  app.get(paths.roles, (c) =>
    c.html(<RolesPage roles={roles.list()} users={users.list()} done={c.req.query('done')} />),
  )

  app.get(paths.newRole, (c) => c.html(<NewRolePage form={filledWith({})} />))

  app.post(paths.newRole, async (c) => {
    const checked = checkForm(roleForm(roles.list()), await readForm(c))
    if (checked.output === undefined) return c.html(<NewRolePage form={checked.form} />, 422)
    const { id } = roles.put({ id: newId.role(), ...checked.output, permissions: [] })
    return c.redirect(withDone(paths.role(id), 'created'), 303)
  })

  app.get(`${paths.roles}/:id/delete`, (c) => {
    const role = found(roles.get(c.req.param('id')), 'role')
    return c.html(
      <ConfirmPage
        section="Roles"
        title={`Delete ${role.name}?`}
        text={`It is taken from ${countOf(holdersOf(role, users.list()).length, 'user')}, who lose what they may only by it.`}
        action={`${paths.role(role.id)}/delete`}
        button="Delete this role"
        back={{ name: role.name, path: paths.role(role.id) }}
      />,
    )
  })

  app.post(`${paths.roles}/:id/delete`, (c) => {
    remove.role(found(roles.get(c.req.param('id')), 'role'), state)
    return c.redirect(withDone(paths.roles, 'deleted'), 303)
  })
}

/** @param others Whose names are taken. */
export function roleForm(others: readonly Role[]) {
  return v.object({
    name: v.pipe(
      field.text('Give it a name, such as Editor.'),
      v.check((text) => !others.some(({ name }) => name === text), 'Another role has this name.'),
    ),
    description: field.optionalText(),
  })
}

export function holdersOf({ id }: Role, users: readonly User[]): readonly User[] {
  return users.filter(({ roles }) => roles.includes(id))
}

function columnsOf(users: readonly User[]): readonly Column<Role>[] {
  return [
    { title: 'Name', cell: ({ id, name }) => <a href={paths.role(id)}>{name}</a> },
    { title: 'Description', cell: ({ description }) => description || null },
    { title: 'Permissions', cell: ({ permissions }) => String(permissions.length) },
    { title: 'Users', cell: (role) => String(holdersOf(role, users).length) },
  ]
}

interface RolesPageProps {
  readonly roles: readonly Role[]
  readonly users: readonly User[]
  readonly done: string | undefined
}

const RolesPage: FC<RolesPageProps> = ({ roles, users, done }) => (
  <ConsolePage title="Roles" section="Roles" done={done}>
    <Head title="Roles" text="Permissions that several users have together. APIs with RBAC heed them.">
      {roles.length === 0 ? null : (
        <a class="button" href={paths.newRole}>
          Create role
        </a>
      )}
    </Head>
    {roles.length === 0 ? (
      <Empty title="No roles yet" text="Create one, choose its permissions, and give it to users.">
        <a class="button" href={paths.newRole}>
          Create the first role
        </a>
      </Empty>
    ) : (
      <Table label="Roles" columns={columnsOf(users)} rows={roles} />
    )}
  </ConsolePage>
)

const NewRolePage: FC<{ readonly form: Filled }> = ({ form }) => (
  <ConsolePage title="Create role" section="Roles" mistakes={countProblems(form)}>
    <Head title="Create role" up={{ name: 'Roles', path: paths.roles }} />
    <form class="card" method="post" action={paths.newRole}>
      <TextField form={form} name="name" label="Name" />
      <TextField form={form} name="description" label="Description" isOptional />
      <div class="actions">
        <button type="submit">Create role</button>
        <a class="button quiet" href={paths.roles}>
          Cancel
        </a>
      </div>
    </form>
  </ConsolePage>
)
