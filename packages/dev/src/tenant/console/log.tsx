import type { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { streamSSE } from 'hono/streaming'
import type { LogEntry } from '../request-log.js'
import type { TenantContext } from '../tenant-context.js'
import { ConsolePage } from './console-page.js'
import { LogRow } from './log-row.js'
import { Empty, Head, Tabs } from './parts.js'
import { isConsolePath, paths } from './paths.js'

const maxRows = 200

type Show = 'all' | 'refusals'

/** What the tenant has answered, as a list, and live where scripts run. */
export function serveLog(app: Hono, { log, state }: TenantContext): void {
  app.get(paths.log, (c) => {
    const show = showOf(c.req.query('show'))
    const entries = log.list().filter((entry) => isShown(entry, show))
    return c.html(<LogPage entries={entries.slice(0, maxRows)} show={show} clients={state.clients} />)
  })

  app.get(paths.logStream, (c) => {
    const show = showOf(c.req.query('show'))
    // A browser that comes back says where it was; the page says what it has already.
    const after = c.req.header('last-event-id') ?? c.req.query('after')
    return streamSSE(c, async (stream) => {
      const send = (entry: LogEntry) => {
        if (!isShown(entry, show)) return
        const row = <LogRow entry={entry} clients={state.clients} isFresh />
        void stream.writeSSE({ id: entry.log_id, data: String(row) })
      }
      const ended = new Promise<void>((resolve) => stream.onAbort(resolve))
      // A comment, so that the browser knows at once that it is connected.
      void stream.write(': connected\n\n')
      for (const entry of since(log.list(), after)) send(entry)
      const unfollow = log.follow(send)
      await ended
      unfollow()
    })
  })
}

function showOf(text: string | undefined): Show {
  return text === 'refusals' ? 'refusals' : 'all'
}

/** Looking at the console is no event in it. */
function isShown({ path, status }: LogEntry, show: Show): boolean {
  return !isConsolePath(path) && (show === 'all' || status >= 400)
}

/** The oldest first. All, where the one that a browser knows is not here any more. */
function since(entries: readonly LogEntry[], after: string | undefined): readonly LogEntry[] {
  const known = entries.findIndex(({ log_id }) => log_id === after)
  return entries.slice(0, known < 0 ? entries.length : known).reverse()
}

interface LogPageProps {
  readonly entries: readonly LogEntry[]
  readonly show: Show
  readonly clients: TenantContext['state']['clients']
}

const LogPage: FC<LogPageProps> = ({ entries, show, clients }) => {
  const tabs = [
    ['Everything', paths.log],
    ['Only refusals', `${paths.log}?show=refusals`],
  ] as const
  return (
    <ConsolePage title="Log" section="Log">
      <Head title="Log" text="What applications asked this tenant, the newest first, and why they were refused.">
        <button id="pause" class="quiet" type="button" hidden>
          Pause
        </button>
      </Head>
      <Tabs label="Log" tabs={tabs} current={show === 'all' ? 'Everything' : 'Only refusals'} />
      <div id="log-empty" hidden={entries.length > 0}>
        <Empty
          title={show === 'all' ? 'Nothing has happened yet' : 'Nothing was refused yet'}
          text="Point an application or an API at this tenant: its requests appear here while they come in. Without scripts, load the page again."
        />
      </div>
      <div id="log" class="card list" hidden={entries.length === 0}>
        <table>
          <caption class="unseen">Requests, the newest first</caption>
          <thead>
            <tr>
              {['Request', 'Status', 'Application and audience', 'Reason'].map((title) => (
                <th scope="col">{title}</th>
              ))}
            </tr>
          </thead>
          <tbody data-stream={`${paths.logStream}?show=${show}`} data-newest={entries[0]?.log_id ?? ''}>
            {entries.map((entry) => (
              <LogRow entry={entry} clients={clients} />
            ))}
          </tbody>
        </table>
      </div>
    </ConsolePage>
  )
}
