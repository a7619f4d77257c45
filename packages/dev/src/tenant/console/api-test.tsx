import type { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import type { ResourceServer } from '../model.js'
import { OAuthFailure } from '../oauth-error.js'
import type { TenantContext } from '../tenant-context.js'
import { ApiFrame } from './api-frame.js'
import { askedFor, candidatesOf, freshTestForm, keptTestForm, type TestCandidates, testForm } from './api-test-form.js'
import { ClientTokenForm, UserTokenForm } from './api-test-forms.js'
import { checkForm, countProblems, type Filled, readForm } from './form.js'
import { found } from './found.js'
import { hintFor } from './log-hints.js'
import { Said } from './parts.js'
import { paths } from './paths.js'
import { testToken } from './test-token.js'
import { TokenCard, type TokenCardProps } from './token-card.js'

/** Tokens to try an API with. */
export function serveApiTest(app: Hono, context: TenantContext): void {
  const { state } = context
  const apiOf = (id: string) => found(state.resourceServers.get(id), 'API')

  app.get(`${paths.apis}/:id/test`, (c) => {
    const api = apiOf(c.req.param('id'))
    const candidates = candidatesOf(api, context)
    return c.html(<TestPage api={api} candidates={candidates} form={freshTestForm(api, candidates)} />)
  })

  app.post(`${paths.apis}/:id/test`, async (c) => {
    const api = apiOf(c.req.param('id'))
    const candidates = candidatesOf(api, context)
    const typed = await readForm(c)
    const checked = checkForm(testForm, typed)
    const page = { api, candidates, form: keptTestForm(freshTestForm(api, candidates), typed) }
    if (checked.output === undefined)
      return c.html(<TestPage {...page} form={{ ...page.form, problems: checked.form.problems }} />, 422)
    try {
      const made = await testToken(askedFor(checked.output, api, context), context)
      return c.html(<TestPage {...page} made={{ ...made, api, url: checked.output.url }} />)
    } catch (error) {
      if (!(error instanceof OAuthFailure)) throw error
      return c.html(<TestPage {...page} refusal={error.message} />, 422)
    }
  })
}

interface TestPageProps {
  readonly api: ResourceServer
  readonly candidates: TestCandidates
  readonly form: Filled
  readonly made?: TokenCardProps
  /** Why the tenant gives no such token. */
  readonly refusal?: string
}

const TestPage: FC<TestPageProps> = ({ api, candidates, form, made, refusal }) => (
  <ApiFrame api={api} tab="Test" mistakes={countProblems(form)}>
    {refusal === undefined ? null : (
      <Said tone="bad" isAlert>
        <p>No token: {refusal}</p>
        {hintFor(refusal) === undefined ? null : <p>{hintFor(refusal)}</p>}
      </Said>
    )}
    {made === undefined ? (
      <p class="soft">
        Get a token without writing an application first: the same as the token endpoint gives, refusals included.
      </p>
    ) : (
      <TokenCard {...made} />
    )}
    <div class="side-by-side">
      <ClientTokenForm api={api} candidates={candidates} form={only('client', form)} />
      <UserTokenForm api={api} candidates={candidates} form={only('user', form)} />
    </div>
  </ApiFrame>
)

/** The mistakes of one of the two forms do not show in the other. */
function only(as: 'client' | 'user', form: Filled): Filled {
  return form.typed['as']?.[0] === as ? form : { ...form, problems: {} }
}
