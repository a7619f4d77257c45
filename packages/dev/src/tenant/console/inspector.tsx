import type { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import * as v from 'valibot'
import type { Explanation } from '../../explain/explain-token.js'
import type { ResourceServer } from '../model.js'
import type { TenantContext } from '../tenant-context.js'
import { ConsolePage } from './console-page.js'
import { AreaField, SelectField } from './fields.js'
import { checkForm, countProblems, type Filled, field, filledWith, readForm } from './form.js'
import { found } from './found.js'
import { inspectToken } from './inspect-token.js'
import { InspectionCards } from './inspection-cards.js'
import { ownFirst } from './own-first.js'
import { Head } from './parts.js'
import { paths } from './paths.js'

const inspectorForm = v.object({
  api: field.text('Choose an API.'),
  token: v.pipe(
    v.optional(v.array(v.string()), []),
    v.transform(([text = '']) => text.trim()),
    v.nonEmpty('Paste a token here.'),
  ),
})

/** Explains a token. It is sent in the body of a form: neither an address nor the log ever has it. */
export function serveInspector(app: Hono, context: TenantContext): void {
  const { resourceServers } = context.state
  const apis = () => ownFirst(resourceServers.list())

  app.get(paths.inspector, (c) => {
    const form = filledWith({ api: c.req.query('api') ?? '' })
    return c.html(<InspectorPage form={form} apis={apis()} context={context} />)
  })

  app.post(paths.inspector, async (c) => {
    const typed = await readForm(c)
    const checked = checkForm(inspectorForm, typed)
    if (checked.output === undefined)
      return c.html(<InspectorPage form={checked.form} apis={apis()} context={context} />, 422)
    const api = found(resourceServers.get(checked.output.api), 'API')
    const result = { api, inspection: await inspectToken(checked.output.token, api, context) }
    return c.html(<InspectorPage form={{ typed, problems: {} }} apis={apis()} context={context} result={result} />)
  })
}

interface InspectorPageProps {
  readonly form: Filled
  readonly apis: readonly ResourceServer[]
  readonly context: TenantContext
  readonly result?: { readonly api: ResourceServer; readonly inspection: Explanation }
}

const InspectorPage: FC<InspectorPageProps> = ({ form, apis, context, result }) => (
  <ConsolePage title="Token inspector" section="Token inspector" mistakes={countProblems(form)}>
    <Head title="Token inspector" text="Why does an API refuse this token? Paste it, and see what an API would see." />
    {result === undefined ? null : <InspectionCards {...result} context={context} />}
    <form class="card" method="post" action={paths.inspector}>
      <AreaField
        form={form}
        name="token"
        label="Token"
        rows={6}
        hint="It stays on this machine, and is not kept. “Bearer” before it may stay."
      />
      <SelectField
        form={form}
        name="api"
        label="Check against"
        options={apis.map(({ id, name, identifier }) => ({ value: id, label: `${name} (${identifier})` }))}
      />
      <button type="submit">Explain this token</button>
    </form>
  </ConsolePage>
)
