import type { FC } from 'hono/jsx'
import type { Client, User } from '../model.js'
import { Page } from './layout.js'

/** Where somebody says who they are. */
export const LoginPage: FC<{
  readonly transaction: string
  readonly client: Client
  readonly users: readonly User[]
  readonly email?: string | undefined
  readonly problem?: string | undefined
}> = ({ transaction, client, users, email = '', problem }) => (
  <Page title="Log in">
    <div class="card">
      <h1>Log in</h1>
      <p>to go on to {client.name}</p>
      {problem === undefined ? null : (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {users.map((user) => (
        <form method="post" action="/u/login">
          <input type="hidden" name="transaction" value={transaction} />
          <input type="hidden" name="user_id" value={user.user_id} />
          <button class="quiet" type="submit">
            {`Log in as ${user.email}`}
          </button>
        </form>
      ))}
      <hr />
      <form method="post" action="/u/login">
        <input type="hidden" name="transaction" value={transaction} />
        <Credentials email={email} />
        <button type="submit">Log in</button>
      </form>
    </div>
  </Page>
)

const Credentials: FC<{ readonly email: string }> = ({ email }) => (
  <>
    <label for="email">Email</label>
    <input id="email" name="email" type="email" autocomplete="username" value={email} required />
    <label for="password">Password</label>
    <input id="password" name="password" type="password" autocomplete="current-password" required />
  </>
)

/** Where somebody lets an application act for them. */
export const ConsentPage: FC<{
  readonly transaction: string
  readonly client: Client
  readonly user: User
  readonly scopes: readonly string[]
  readonly audience: string | undefined
}> = ({ transaction, client, user, scopes, audience }) => (
  <Page title="Consent">
    <form class="card" method="post" action="/u/consent">
      <h1>{client.name} asks for access</h1>
      <p>
        as {user.email}
        {audience === undefined ? '' : ` to ${audience}`}
      </p>
      <ul>
        {scopes.map((scope) => (
          <li>{scope}</li>
        ))}
      </ul>
      <input type="hidden" name="transaction" value={transaction} />
      <button type="submit" name="decision" value="accept">
        Accept
      </button>
      <button class="quiet" type="submit" name="decision" value="decline">
        Decline
      </button>
    </form>
  </Page>
)

/** Where somebody lets a device in. */
export const ActivatePage: FC<{
  readonly userCode?: string | undefined
  readonly users: readonly User[]
  readonly email?: string | undefined
  readonly problem?: string
}> = ({ userCode = '', users, email = '', problem }) => (
  <Page title="Activate a device">
    <form class="card" method="post" action="/activate">
      <h1>Activate a device</h1>
      <p>Confirm that this is the code that the device shows.</p>
      {problem === undefined ? null : (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <label for="user_code">Code</label>
      <input id="user_code" name="user_code" value={userCode} autocomplete="off" required />
      {users.map((user) => (
        <button class="quiet" type="submit" name="user_id" value={user.user_id} formnovalidate>
          {`Confirm as ${user.email}`}
        </button>
      ))}
      <hr />
      <Credentials email={email} />
      <button type="submit">Confirm</button>
      <button class="quiet" type="submit" name="decision" value="decline" formnovalidate>
        Cancel
      </button>
    </form>
  </Page>
)

/** A page with nothing to do. */
export const MessagePage: FC<{ readonly title: string; readonly text: string }> = ({ title, text }) => (
  <Page title={title}>
    <div class="card" role="status">
      <h1>{title}</h1>
      <p>{text}</p>
    </div>
  </Page>
)
