import type { FC } from 'hono/jsx'
import type { Client } from '../model.js'
import { Card, Copyable, Facts } from './parts.js'
import { paths } from './paths.js'

interface CredentialsCardProps {
  readonly client: Client
  readonly domain: string
  readonly showsSecret: boolean
}

/** What an application is configured with. The secret is in the page only when somebody asks for it. */
export const CredentialsCard: FC<CredentialsCardProps> = ({ client, domain, showsSecret }) => (
  <Card id="credentials" title="Credentials">
    <Facts
      facts={[
        ['Domain', <Copyable id="domain" value={domain} what="domain" />],
        ['Client ID', <Copyable id="client-id" value={client.client_id} what="client ID" />],
        ['Client secret', <Secret client={client} isShown={showsSecret} />],
        ...(client.resource_server_identifier === undefined
          ? []
          : [['Is the API', <code>{client.resource_server_identifier}</code>] as const]),
      ]}
    />
  </Card>
)

const Secret: FC<{ readonly client: Client; readonly isShown: boolean }> = ({ client, isShown }) => {
  const path = paths.application(client.client_id)
  if (client.jwks !== undefined) return <span class="soft">None: it signs with a private key (private_key_jwt).</span>
  if (client.token_endpoint_auth_method === 'none')
    return <span class="soft">None: it runs where it could not keep one.</span>
  return (
    <span class="with-copy">
      {isShown ? (
        <Copyable id="client-secret" value={client.client_secret} what="secret" />
      ) : (
        <form class="inline" method="post" action={`${path}/secret`}>
          <button class="quiet small" type="submit">
            Show secret
          </button>
        </form>
      )}
      <a href={`${path}/rotate`}>New secret…</a>
    </span>
  )
}
