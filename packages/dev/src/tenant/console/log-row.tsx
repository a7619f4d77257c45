import type { FC } from 'hono/jsx'
import type { Client } from '../model.js'
import type { LogEntry } from '../request-log.js'
import type { TenantContext } from '../tenant-context.js'
import { hintFor } from './log-hints.js'
import { Badge, type Tone } from './parts.js'
import { paths } from './paths.js'

interface LogRowProps {
  readonly entry: LogEntry
  readonly clients: TenantContext['state']['clients']
  /** It has just come in. */
  readonly isFresh?: boolean
}

function toneOf(status: number): Tone {
  return status < 400 ? 'good' : status < 500 ? 'bad' : 'note'
}

export const LogRow: FC<LogRowProps> = ({ entry, clients, isFresh = false }) => {
  const { method, path, date, status, client_id, audience, description } = entry
  const client = client_id === undefined ? undefined : clients.get(client_id)
  return (
    <tr class={isFresh ? 'fresh' : undefined}>
      <th scope="row">
        <code>{`${method} ${path}`}</code>
        <br />
        <time class="when" datetime={date}>
          {date.slice(11, 19)} UTC
        </time>
      </th>
      <td data-title="Status">
        <Badge tone={toneOf(status)}>{String(status)}</Badge>
      </td>
      {client_id === undefined && audience === undefined ? (
        <td class="none" />
      ) : (
        <Parties entry={entry} client={client} />
      )}
      {status < 400 || description === undefined ? <td class="none" /> : <Reason entry={entry} />}
    </tr>
  )
}

const Parties: FC<{ readonly entry: LogEntry; readonly client: Client | undefined }> = ({
  entry: { client_id, audience },
  client,
}) => (
  <td data-title="Application and audience" class="tight">
    {client === undefined ? null : (
      <p>
        <a href={paths.application(client.client_id)}>{client.name}</a>
      </p>
    )}
    {client === undefined && client_id !== undefined ? (
      <p>
        <code>{client_id}</code>
      </p>
    ) : null}
    {audience === undefined ? null : (
      <p>
        <code>{audience}</code>
      </p>
    )}
  </td>
)

const Reason: FC<{ readonly entry: LogEntry }> = ({ entry: { error, description = '' } }) => {
  const hint = hintFor(description)
  return (
    <td data-title="Reason" class="tight">
      {error === undefined ? null : (
        <p>
          <code class="reason">{error}</code>
        </p>
      )}
      <p>{description}</p>
      {hint === undefined ? null : <p class="hint">{hint}</p>}
    </td>
  )
}
