import type { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import type { ResourceServer, Role, User } from '../model.js'
import type { TenantContext } from '../tenant-context.js'
import { Choices } from './choices.js'
import { ConsolePage } from './console-page.js'
import { filledWith, readForm } from './form.js'
import { found } from './found.js'
import { Badge, Badges, Card, Copyable, Facts, Head } from './parts.js'
import { paths, withDone } from './paths.js'
import { chosenPermissions, PermissionChoices, withPermissions } from './permission-choices.js'

/** One user: roles, permissions, and whether they may log in. */
export function serveUserPage(app: Hono, { state }: TenantContext): void {
  const { users, roles, resourceServers } = state
  const userOf = (id: string) => found(users.get(id), 'user')
  const change = (user: User, changed: Partial<User>) =>
    users.put({ ...user, ...changed, updated_at: new Date().toISOString() })

  app.get(`${paths.users}/:id`, (c) => {
    const user = userOf(c.req.param('id'))
    const page = { user, roles: roles.list(), apis: resourceServers.list(), done: c.req.query('done') }
    return c.html(<UserPage {...page} />)
  })

  app.post(`${paths.users}/:id/roles`, async (c) => {
    const user = userOf(c.req.param('id'))
    const chosen = (await readForm(c))['roles'] ?? []
    change(user, { roles: chosen.filter((id) => roles.get(id) !== undefined) })
    return c.redirect(withDone(paths.user(user.user_id), 'saved'), 303)
  })

  app.post(`${paths.users}/:id/permissions`, async (c) => {
    const user = userOf(c.req.param('id'))
    change(user, { permissions: chosenPermissions(await readForm(c), resourceServers.list(), user.permissions) })
    return c.redirect(withDone(paths.user(user.user_id), 'saved'), 303)
  })

  app.post(`${paths.users}/:id/block`, async (c) => {
    const user = userOf(c.req.param('id'))
    const blocked = (await readForm(c))['blocked']?.[0] === 'yes'
    change(user, { blocked })
    return c.redirect(withDone(paths.user(user.user_id), blocked ? 'blocked' : 'unblocked'), 303)
  })
}

interface UserPageProps {
  readonly user: User
  readonly roles: readonly Role[]
  readonly apis: readonly ResourceServer[]
  readonly done: string | undefined
}

const UserPage: FC<UserPageProps> = ({ user, roles, apis, done }) => {
  const path = paths.user(user.user_id)
  return (
    <ConsolePage title={user.email} section="Users" done={done}>
      <Head
        title={user.email}
        text={user.blocked === true ? <Badge tone="bad">blocked</Badge> : undefined}
        up={{ name: 'Users', path: paths.users }}
      />
      <Card id="about" title="About">
        <Facts
          facts={[
            ['User ID', <Copyable id="user-id" value={user.user_id} what="user ID" />],
            ['Name', user.name],
            ['May, by roles', <ByRoles user={user} roles={roles} />],
          ]}
        />
        <div class="actions">
          <form class="inline" method="post" action={`${path}/block`}>
            <button class="quiet" type="submit" name="blocked" value={user.blocked === true ? 'no' : 'yes'}>
              {user.blocked === true ? 'Unblock' : 'Block'}
            </button>
          </form>
          <a class="button danger-link" href={`${path}/delete`}>
            Delete this user…
          </a>
        </div>
      </Card>
      <RolesCard user={user} roles={roles} />
      <Card id="permissions" title="Permissions of their own">
        {withPermissions(apis).length === 0 ? (
          <p class="soft">
            No API has permissions yet. Add some to an <a href={paths.apis}>API</a> first.
          </p>
        ) : (
          <form method="post" action={`${path}/permissions`}>
            <PermissionChoices apis={apis} permissions={user.permissions} />
            <button type="submit">Save permissions</button>
          </form>
        )}
      </Card>
    </ConsolePage>
  )
}

const RolesCard: FC<Pick<UserPageProps, 'user' | 'roles'>> = ({ user, roles }) => (
  <Card id="roles" title="Roles">
    {roles.length === 0 ? (
      <p class="soft">
        There are no roles yet. <a href={paths.newRole}>Create one</a> to give several users the same permissions.
      </p>
    ) : (
      <form method="post" action={`${paths.user(user.user_id)}/roles`}>
        <Choices
          form={filledWith({ roles: user.roles })}
          kind="checkbox"
          name="roles"
          label={`Roles of ${user.name}`}
          options={roles.map(({ id, name, description }) => ({ value: id, label: name, hint: description }))}
        />
        <button type="submit">Save roles</button>
      </form>
    )}
  </Card>
)

const ByRoles: FC<Pick<UserPageProps, 'user' | 'roles'>> = ({ user, roles }) => {
  const own = roles.filter(({ id }) => user.roles.includes(id)).flatMap(({ permissions }) => permissions)
  const names = [...new Set(own.map(({ permission_name }) => permission_name))]
  return names.length === 0 ? <span class="soft">no permissions</span> : <Badges texts={names} />
}
