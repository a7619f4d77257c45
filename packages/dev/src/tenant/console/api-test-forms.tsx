import type { FC } from 'hono/jsx'
import type { ResourceServer } from '../model.js'
import type { TestCandidates } from './api-test-form.js'
import { Choices } from './choices.js'
import { SelectField, TextField } from './fields.js'
import type { Filled } from './form.js'
import { Card } from './parts.js'
import { paths } from './paths.js'

interface TokenFormProps {
  readonly api: ResourceServer
  readonly candidates: TestCandidates
  readonly form: Filled
}

export const ClientTokenForm: FC<TokenFormProps> = ({ api, candidates: { machines }, form }) => (
  <Card id="as-client" title="For an application itself">
    {machines.length === 0 ? (
      <>
        <p class="soft">
          No application may use this API yet. Open one of the type machine to machine, web app or API, and let it use
          this API under “API access”.
        </p>
        <p>
          <a class="button quiet" href={paths.applications}>
            To the applications
          </a>
        </p>
      </>
    ) : (
      <form method="post" action={`${paths.api(api.id)}/test`}>
        <input type="hidden" name="as" value="client" />
        <SelectField
          form={form}
          name="client"
          label="Application"
          hint="Those with a grant for this API. The token has all that the grant says."
          options={machines.map(({ client_id, name }) => ({ value: client_id, label: name }))}
        />
        <Common form={form} prefix="client" />
        <button type="submit">Get a token</button>
      </form>
    )}
  </Card>
)

export const UserTokenForm: FC<TokenFormProps> = ({ api, candidates: { users, logins }, form }) => (
  <Card id="as-user" title="For a user">
    {users.length === 0 || logins.length === 0 ? (
      <p class="soft">
        This needs a <a href={paths.users}>user</a> and an <a href={paths.applications}>application</a> that users log
        in to, such as a single-page app.
      </p>
    ) : (
      <form method="post" action={`${paths.api(api.id)}/test`}>
        <input type="hidden" name="as" value="user" />
        <SelectField
          form={form}
          name="user"
          label="User"
          options={users.map(({ user_id, email }) => ({ value: user_id, label: email }))}
        />
        <SelectField
          form={form}
          name="login"
          label="Logged in to"
          options={logins.map(({ client_id, name }) => ({ value: client_id, label: name }))}
        />
        {api.scopes.length === 0 ? null : (
          <Choices
            form={form}
            kind="checkbox"
            name="permissions"
            label="Permissions asked for"
            options={api.scopes.map(({ value }) => ({ value, label: value }))}
          />
        )}
        <Common form={form} prefix="user" />
        <button type="submit">Get a token</button>
      </form>
    )}
  </Card>
)

const modes = [
  { value: 'bearer', label: 'Bearer', hint: 'Whoever has it can use it.' },
  { value: 'dpop', label: 'DPoP', hint: 'Bound to a new key, with a program that makes the proofs.' },
]

const Common: FC<{ readonly form: Filled; readonly prefix: string }> = ({ form, prefix }) => (
  <>
    <Choices form={form} kind="radio" name="mode" id={`${prefix}-mode`} label="Kind" options={modes} />
    <TextField
      form={form}
      name="url"
      id={`${prefix}-url`}
      label="Address of your API"
      inputmode="url"
      hint="For the line to try it with. Nothing is sent there from here."
    />
  </>
)
