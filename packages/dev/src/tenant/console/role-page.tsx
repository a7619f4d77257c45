import type { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import type { ResourceServer, Role, User } from '../model.js'
import type { TenantContext } from '../tenant-context.js'
import { ConsolePage } from './console-page.js'
import { TextField } from './fields.js'
import { checkForm, countProblems, type Filled, filledWith, readForm } from './form.js'
import { found } from './found.js'
import { Card, Head } from './parts.js'
import { paths, withDone } from './paths.js'
import { chosenPermissions, PermissionChoices, withPermissions } from './permission-choices.js'
import { holdersOf, roleForm } from './roles.js'

/** One role: what it is called, its permissions, and who has it. */
export function serveRolePage(app: Hono, { state }: TenantContext): void {
  const { roles, users, resourceServers } = state
  const roleOf = (id: string) => found(roles.get(id), 'role')
  const pageOf = (role: Role) => ({
    role,
    apis: resourceServers.list(),
    holders: holdersOf(role, users.list()),
    form: filledWith({ name: role.name, description: role.description }),
  })

  app.get(`${paths.roles}/:id`, (c) =>
    c.html(<RolePage {...pageOf(roleOf(c.req.param('id')))} done={c.req.query('done')} />),
  )

  app.post(`${paths.roles}/:id`, async (c) => {
    const role = roleOf(c.req.param('id'))
    const others = roles.list().filter(({ id }) => id !== role.id)
    const checked = checkForm(roleForm(others), await readForm(c))
    if (checked.output === undefined) return c.html(<RolePage {...pageOf(role)} form={checked.form} />, 422)
    roles.put({ ...role, ...checked.output })
    return c.redirect(withDone(paths.role(role.id), 'saved'), 303)
  })

  app.post(`${paths.roles}/:id/permissions`, async (c) => {
    const role = roleOf(c.req.param('id'))
    roles.put({
      ...role,
      permissions: chosenPermissions(await readForm(c), resourceServers.list(), role.permissions),
    })
    return c.redirect(withDone(paths.role(role.id), 'saved'), 303)
  })
}

interface RolePageProps {
  readonly role: Role
  readonly apis: readonly ResourceServer[]
  readonly holders: readonly User[]
  readonly form: Filled
  readonly done?: string | undefined
}

const RolePage: FC<RolePageProps> = ({ role, apis, holders, form, done }) => (
  <ConsolePage title={role.name} section="Roles" done={done} mistakes={countProblems(form)}>
    <Head title={role.name} text={role.description || undefined} up={{ name: 'Roles', path: paths.roles }} />
    <Card id="permissions" title="Permissions">
      {withPermissions(apis).length === 0 ? (
        <p class="soft">
          No API has permissions yet. Add some to an <a href={paths.apis}>API</a> first.
        </p>
      ) : (
        <form method="post" action={`${paths.role(role.id)}/permissions`}>
          <PermissionChoices apis={apis} permissions={role.permissions} />
          <button type="submit">Save permissions</button>
        </form>
      )}
    </Card>
    <Card id="holders" title="Users">
      {holders.length === 0 ? (
        <p class="soft">
          Nobody has this role yet. Open a <a href={paths.users}>user</a> to give it to them.
        </p>
      ) : (
        <ul class="badges">
          {holders.map(({ user_id, email }) => (
            <li>
              <a class="badge" href={paths.user(user_id)}>
                {email}
              </a>
            </li>
          ))}
        </ul>
      )}
    </Card>
    <Card id="general" title="General">
      <form method="post" action={paths.role(role.id)}>
        <TextField form={form} name="name" label="Name" />
        <TextField form={form} name="description" label="Description" isOptional />
        <div class="actions">
          <button type="submit">Save role</button>
          <a class="button danger-link" href={`${paths.role(role.id)}/delete`}>
            Delete this role…
          </a>
        </div>
      </form>
    </Card>
  </ConsolePage>
)
