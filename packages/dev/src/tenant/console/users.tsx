import type { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import * as v from 'valibot'
import type { Role, User } from '../model.js'
import { newUser } from '../new-entities.js'
import { hashPassword } from '../passwords.js'
import { remove } from '../references.js'
import type { TenantContext } from '../tenant-context.js'
import { Choices } from './choices.js'
import { ConfirmPage } from './confirm-page.js'
import { ConsolePage } from './console-page.js'
import { TextField } from './fields.js'
import { checkForm, countProblems, type Filled, field, filledWith, readForm } from './form.js'
import { found } from './found.js'
import { Badge, Badges, Empty, Head } from './parts.js'
import { paths, withDone } from './paths.js'
import { type Column, Table } from './table.js'

/** The list of users; to create one, and to delete one. */
export function serveUsers(app: Hono, { state }: TenantContext): void {
  const { users, roles } = state
  const email = v.pipe(
    field.text('Give an email address, such as ada@example.com.'),
    v.toLowerCase(),
    v.email('This is not an email address such as ada@example.com.'),
    v.check((text) => !users.list().some((user) => user.email === text), 'Another user has this address.'),
  )
  const newUserForm = v.object({
    email,
    name: field.optionalText(),
    password: field.password('Choose a password, any will do here.'),
    roles: field.many(),
  })

  app.get(paths.users, (c) =>
    c.html(<UsersPage users={users.list()} roles={roles.list()} done={c.req.query('done')} />),
  )

  app.get(paths.newUser, (c) => c.html(<NewUserPage form={filledWith({})} roles={roles.list()} />))

  app.post(paths.newUser, async (c) => {
    const checked = checkForm(newUserForm, await readForm(c))
    if (checked.output === undefined) return c.html(<NewUserPage form={checked.form} roles={roles.list()} />, 422)
    const { name, password, roles: chosen, ...given } = checked.output
    const made = newUser({ ...given, ...(name === '' ? {} : { name }) }, hashPassword(password))
    const { user_id } = users.put({ ...made, roles: chosen.filter((id) => roles.get(id) !== undefined) })
    return c.redirect(withDone(paths.user(user_id), 'created'), 303)
  })

  app.get(`${paths.users}/:id/delete`, (c) => {
    const user = found(users.get(c.req.param('id')), 'user')
    return c.html(
      <ConfirmPage
        section="Users"
        title={`Delete ${user.email}?`}
        text="Their permissions, memberships and refresh tokens go with them. Access tokens that are out keep working until they expire."
        action={`${paths.user(user.user_id)}/delete`}
        button="Delete this user"
        back={{ name: user.email, path: paths.user(user.user_id) }}
      />,
    )
  })

  app.post(`${paths.users}/:id/delete`, (c) => {
    remove.user(found(users.get(c.req.param('id')), 'user'), state)
    return c.redirect(withDone(paths.users, 'deleted'), 303)
  })
}

function columnsOf(roles: readonly Role[]): readonly Column<User>[] {
  const namesOf = (user: User) => roles.filter(({ id }) => user.roles.includes(id)).map(({ name }) => name)
  return [
    {
      title: 'User',
      cell: ({ user_id, email, blocked }) => (
        <>
          <a href={paths.user(user_id)}>{email}</a> {blocked === true ? <Badge tone="bad">blocked</Badge> : null}
        </>
      ),
    },
    { title: 'Name', cell: ({ name }) => name },
    { title: 'Roles', cell: (user) => (namesOf(user).length === 0 ? null : <Badges texts={namesOf(user)} />) },
  ]
}

interface UsersPageProps {
  readonly users: readonly User[]
  readonly roles: readonly Role[]
  readonly done: string | undefined
}

const UsersPage: FC<UsersPageProps> = ({ users, roles, done }) => (
  <ConsolePage title="Users" section="Users" done={done}>
    <Head title="Users" text="Who logs in to applications. On the login page a click is enough for any of them.">
      {users.length === 0 ? null : (
        <a class="button" href={paths.newUser}>
          Create user
        </a>
      )}
    </Head>
    {users.length === 0 ? (
      <Empty
        title="No users yet"
        text="Create one to log in with, and give it roles or permissions to see what your API allows."
      >
        <a class="button" href={paths.newUser}>
          Create the first user
        </a>
      </Empty>
    ) : (
      <Table label="Users" columns={columnsOf(roles)} rows={users} />
    )}
  </ConsolePage>
)

const NewUserPage: FC<{ readonly form: Filled; readonly roles: readonly Role[] }> = ({ form, roles }) => (
  <ConsolePage title="Create user" section="Users" mistakes={countProblems(form)}>
    <Head title="Create user" up={{ name: 'Users', path: paths.users }} />
    <form class="card" method="post" action={paths.newUser}>
      <TextField form={form} name="email" label="Email" inputmode="email" />
      <TextField form={form} name="name" label="Name" isOptional />
      <TextField
        form={form}
        name="password"
        label="Password"
        type="password"
        hint="For the login page. None that you use elsewhere."
      />
      {roles.length === 0 ? null : (
        <Choices
          form={form}
          kind="checkbox"
          name="roles"
          label="Roles"
          options={roles.map(({ id, name, description }) => ({ value: id, label: name, hint: description }))}
        />
      )}
      <div class="actions">
        <button type="submit">Create user</button>
        <a class="button quiet" href={paths.users}>
          Cancel
        </a>
      </div>
    </form>
  </ConsolePage>
)
