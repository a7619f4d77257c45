import type { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import * as v from 'valibot'
import type { ResourceServer } from '../model.js'
import { newResourceServer } from '../new-entities.js'
import { remove } from '../references.js'
import type { TenantContext } from '../tenant-context.js'
import { ConfirmPage } from './confirm-page.js'
import { ConsolePage } from './console-page.js'
import { countOf } from './durations.js'
import { TextField } from './fields.js'
import { checkForm, countProblems, type Filled, field, filledWith, readForm } from './form.js'
import { found } from './found.js'
import { ownFirst } from './own-first.js'
import { Badge, Empty, Head } from './parts.js'
import { paths, withDone } from './paths.js'
import { type Column, Table } from './table.js'

/** The list of APIs; to create one, and to delete one. */
export function serveApis(app: Hono, { state }: TenantContext): void {
  const { resourceServers } = state
  const newApi = v.object({
    name: field.text('Give it a name, such as Messages API.'),
    identifier: v.pipe(
      field.text('Give it an identifier, such as https://api.example.com.'),
      v.regex(/^\S+$/, 'An identifier has no spaces.'),
      v.check(
        (text) => !resourceServers.list().some(({ identifier }) => identifier === text),
        'Another API has this identifier.',
      ),
    ),
  })

  app.get(paths.apis, (c) => c.html(<ApisPage apis={resourceServers.list()} done={c.req.query('done')} />))

  app.get(paths.newApi, (c) => c.html(<NewApiPage form={filledWith({})} />))

  app.post(paths.newApi, async (c) => {
    const checked = checkForm(newApi, await readForm(c))
    if (checked.output === undefined) return c.html(<NewApiPage form={checked.form} />, 422)
    const { id } = resourceServers.put(newResourceServer(checked.output))
    return c.redirect(withDone(paths.api(id), 'created'), 303)
  })

  const deletable = (id: string) => {
    const api = resourceServers.get(id)
    return found(api?.is_system === true ? undefined : api, 'API to delete')
  }

  app.get(`${paths.apis}/:id/delete`, (c) => {
    const api = deletable(c.req.param('id'))
    const grants = state.clientGrants.list().filter(({ audience }) => audience === api.identifier)
    return c.html(
      <ConfirmPage
        section="APIs"
        title={`Delete ${api.name}?`}
        text={`With it go ${countOf(api.scopes.length, 'permission')}, wherever a role or a user has them, and ${countOf(grants.length, 'grant')} of applications. Tokens for ${api.identifier} that are out keep working until they expire.`}
        action={`${paths.api(api.id)}/delete`}
        button="Delete this API"
        back={{ name: api.name, path: paths.api(api.id) }}
      />,
    )
  })

  app.post(`${paths.apis}/:id/delete`, (c) => {
    remove.resourceServer(deletable(c.req.param('id')), state)
    return c.redirect(withDone(paths.apis, 'deleted'), 303)
  })
}

const columns: readonly Column<ResourceServer>[] = [
  { title: 'Name', cell: ({ id, name }) => <a href={paths.api(id)}>{name}</a> },
  { title: 'Identifier', cell: ({ identifier }) => <code>{identifier}</code> },
  { title: 'Permissions', cell: ({ scopes }) => String(scopes.length) },
  {
    title: 'Kind',
    cell: (api) => (
      <span class="badges">
        {api.is_system === true ? <Badge>system</Badge> : null}
        {api.enforce_policies ? <Badge>RBAC</Badge> : null}
        {api.proof_of_possession?.mechanism === 'dpop' ? (
          <Badge>{`DPoP ${api.proof_of_possession.required ? 'required' : 'allowed'}`}</Badge>
        ) : null}
      </span>
    ),
  },
  { title: 'Test', isAction: true, cell: ({ id }) => <a href={`${paths.api(id)}/test`}>Get a token</a> },
]

const ApisPage: FC<{ readonly apis: readonly ResourceServer[]; readonly done: string | undefined }> = ({
  apis,
  done,
}) => {
  const hasOwn = apis.some(({ is_system }) => is_system !== true)
  return (
    <ConsolePage title="APIs" section="APIs" done={done}>
      <Head title="APIs" text="What applications get access tokens for. Your API checks them.">
        {hasOwn ? (
          <a class="button" href={paths.newApi}>
            Create API
          </a>
        ) : null}
      </Head>
      {hasOwn ? null : (
        <Empty
          title="No API of your own yet"
          text="Create one with the identifier that your server has as its audience. Then give it permissions, and get a token to try it with."
        >
          <a class="button" href={paths.newApi}>
            Create the first API
          </a>
        </Empty>
      )}
      <Table label="APIs" columns={columns} rows={ownFirst(apis)} />
    </ConsolePage>
  )
}

const NewApiPage: FC<{ readonly form: Filled }> = ({ form }) => (
  <ConsolePage title="Create API" section="APIs" mistakes={countProblems(form)}>
    <Head title="Create API" up={{ name: 'APIs', path: paths.apis }} />
    <form class="card" method="post" action={paths.newApi}>
      <TextField form={form} name="name" label="Name" hint="For people, such as Messages API." />
      <TextField
        form={form}
        name="identifier"
        label="Identifier"
        inputmode="url"
        hint="The audience of its tokens, best a URL such as https://api.example.com. It is compared letter by letter, a slash at the end included, and cannot be changed later."
      />
      <div class="actions">
        <button type="submit">Create API</button>
        <a class="button quiet" href={paths.apis}>
          Cancel
        </a>
      </div>
    </form>
  </ConsolePage>
)
