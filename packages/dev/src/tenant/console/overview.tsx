import type { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import type { ResourceServer } from '../model.js'
import type { LogEntry } from '../request-log.js'
import type { TenantContext } from '../tenant-context.js'
import { ConsolePage } from './console-page.js'
import { countOf } from './durations.js'
import { Block, Card, Copyable, CopyButton, Facts, Head } from './parts.js'
import { isConsolePath, paths } from './paths.js'

/** Where people arrive: what to configure, and where to go next. */
export function serveOverview(app: Hono, { issuer, state, log }: TenantContext): void {
  app.get(paths.overview, (c) => {
    const apis = state.resourceServers.list().filter(({ is_system }) => is_system !== true)
    const refusals = log.list().filter(({ path, status }) => !isConsolePath(path) && status >= 400)
    const counts = [
      [apis.length, 'APIs', paths.apis],
      [state.clients.list().length, 'Applications', paths.applications],
      [state.users.list().length, 'Users', paths.users],
      [state.roles.list().length, 'Roles', paths.roles],
    ] as const
    return c.html(<OverviewPage issuer={issuer} api={apis[0]} counts={counts} refusals={refusals} />)
  })

  app.get(paths.root, (c) => c.redirect(paths.overview))
}

interface OverviewPageProps {
  readonly issuer: string
  /** The first one of the tenant's own. */
  readonly api: ResourceServer | undefined
  readonly counts: readonly (readonly [count: number, name: string, path: string])[]
  readonly refusals: readonly LogEntry[]
}

const OverviewPage: FC<OverviewPageProps> = ({ issuer, api, counts, refusals }) => {
  const { host } = new URL(issuer)
  return (
    <ConsolePage title="Overview" section="Overview">
      <Head title="Your local tenant is running" text="It speaks to your applications and APIs as Auth0 does.">
        {api === undefined ? (
          <a class="button" href={paths.newApi}>
            Create the first API
          </a>
        ) : (
          <a class="button" href={`${paths.api(api.id)}/test`}>
            Get a token
          </a>
        )}
      </Head>
      <ul class="counts">
        {counts.map(([count, name, path]) => (
          <li>
            <a href={path}>
              <b>{String(count)}</b> {name}
            </a>
          </li>
        ))}
      </ul>
      <Card id="configure" title="Configure your API">
        <Block
          id="environment"
          label="Environment of your API"
          text={`AUTH0_DOMAIN=${host}\nAUTH0_AUDIENCE=${api?.identifier ?? '(create an API first)'}`}
        />
        <div>
          <CopyButton of="environment" label="Copy both" />
        </div>
        <Facts
          facts={[
            ['Issuer', <Copyable id="issuer" value={issuer} what="issuer" />],
            ['Discovery', <a href="/.well-known/openid-configuration">openid-configuration</a>],
            ['Keys', <a href="/.well-known/jwks.json">jwks.json</a>],
          ]}
        />
      </Card>
      <Card id="trouble" title="Something refused?">
        <p>
          {refusals.length === 0
            ? 'Nothing was refused so far.'
            : `${countOf(refusals.length, 'request was', 'requests were')} refused lately. The log says why.`}
        </p>
        <div class="actions">
          <a class="button quiet" href={`${paths.log}?show=refusals`}>
            See refusals
          </a>
          <a class="button quiet" href={paths.inspector}>
            Inspect a token
          </a>
        </div>
      </Card>
    </ConsolePage>
  )
}
