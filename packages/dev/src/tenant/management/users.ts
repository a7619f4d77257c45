import type { User } from '../model.js'
import { newUser } from '../new-entities.js'
import { hashPassword } from '../passwords.js'
import { remove } from '../references.js'
import type { TenantContext } from '../tenant-context.js'
import { entityOperations } from './entity-operations.js'
import { selectFields } from './fields.js'
import { badPayload, badQuery, conflict, ManagementFailure, missing } from './management-failure.js'
import { changedMetadata } from './metadata.js'
import type { Operation } from './operation.js'
import { patched } from './payload-types.js'
import { type NewUser, newUserSchema, type UserChanges, userChanges } from './user-schema.js'
import { userSearch } from './user-search.js'

const providerOfPasswords = 'auth0'

export const users: readonly Operation[] = [
  ...entityOperations({
    path: '/users',
    scope: 'users',
    list: {
      key: 'users',
      pagination: 'offset',
      isSortable: true,
      filters: {
        connection: ({ identities }: User, wanted) => identities.some(({ connection }) => connection === wanted),
      },
      ignored: ['q', 'search_engine', 'primary_order'],
    },
    isGoneDeleted: true,
    all: ({ context, query }) => {
      const wanted = query.text('q')
      const all = context.state.users.list()
      if (wanted === undefined) return all
      const isFound = userSearch(wanted)
      return all.filter((user) => isFound(presentUser(user)))
    },
    find: (id, { state }) => state.users.get(id),
    missing: missing.user,
    present: presentUser,
    create: { schema: newUserSchema, status: 201, make: (given, { context }) => createUser(given, context) },
    update: {
      schema: () => userChanges,
      change: (user, given, { context }) => context.state.users.put(withChanges(user, given, context)),
    },
    remove: (user, { state }) => remove.user(user, state),
  }),
  {
    method: 'GET',
    path: '/users-by-email',
    scopes: ['read:users'],
    query: { known: ['fields', 'include_fields', 'email'] },
    answer: ({ context, query }) => {
      const wanted = query.text('email')?.toLowerCase()
      if (wanted === undefined) throw badQuery('Missing required property: email')
      const found = context.state.users.list().filter(({ email }) => email === wanted)
      return found.map(presentUser).map(selectFields(query))
    },
  },
]

/** What anybody may see: no password, and of roles and permissions nothing, which have addresses of their own. */
function presentUser({ password_hash: _, roles: __, permissions: ___, ...user }: User): object {
  return user
}

function createUser({ password, verify_email: _, ...given }: NewUser, context: TenantContext): User {
  const { connection, email, user_id: ownId, ...profile } = given
  checkConnection(connection, context)
  checkEmail(email, connection, context, 'The user already exists.')
  const made = newUser({ email }, hashPassword(password))
  const id = ownId ?? made.user_id.slice(providerOfPasswords.length + 1)
  const user_id = `${providerOfPasswords}|${id}`
  if (context.state.users.get(user_id) !== undefined) throw conflict('The user already exists.', 'auth0_idp_error')
  const identity = { connection, provider: providerOfPasswords, user_id: id, isSocial: false }
  return context.state.users.put({
    ...made,
    name: email,
    email_verified: false,
    ...profile,
    user_id,
    identities: [identity],
  })
}

function withChanges(user: User, given: UserChanges, context: TenantContext): User {
  const { connection, client_id: _, verify_email: __, password, app_metadata, user_metadata, ...changes } = given
  const own = user.identities.find(({ provider }) => provider === providerOfPasswords)?.connection
  if (connection !== undefined) checkConnection(connection, context)
  if (connection !== undefined && connection !== own)
    throw badPayload('The user has no password in this connection', 'connection')
  if (changes.email !== undefined && changes.email !== user.email)
    checkEmail(changes.email, own, context, 'The specified new email already exists')
  return {
    ...patched(user, changes),
    ...(password === undefined ? {} : { password_hash: hashPassword(password) }),
    app_metadata: changedMetadata(user.app_metadata, app_metadata ?? {}),
    user_metadata: changedMetadata(user.user_metadata, user_metadata ?? {}),
    updated_at: new Date().toISOString(),
  }
}

function checkConnection(name: string, { state }: TenantContext): void {
  const connection = state.connections.list().find((one) => one.name === name)
  if (connection === undefined)
    throw new ManagementFailure(400, 'The connection does not exist', 'inexistent_connection')
  if (connection.strategy !== providerOfPasswords)
    throw badPayload('The users of this connection come from elsewhere', 'connection')
}

function checkEmail(wanted: string, connection: string | undefined, { state }: TenantContext, message: string): void {
  const isTaken = ({ email, identities }: User) =>
    email === wanted && identities.some((identity) => identity.connection === connection)
  if (state.users.list().some(isTaken)) throw conflict(message, 'auth0_idp_error')
}
