import type { FC } from 'hono/jsx'
import type { JWK } from 'jose'
import type { ResourceServer } from '../model.js'
import { dpopModeOf } from './api-settings-form.js'
import { curlLine, dpopProgram } from './call-with-token.js'
import { spanOf } from './durations.js'
import { Badge, Badges, Block, Card, CopyButton, Facts, InspectForm, Said } from './parts.js'
import type { TestToken } from './test-token.js'

export interface TokenCardProps extends TestToken {
  readonly api: ResourceServer
  /** Where the API is. */
  readonly url: string
}

/** A new token, and what to do with it. */
export const TokenCard: FC<TokenCardProps> = ({ api, url, ...made }) => {
  const { token, expiresInSeconds, scopes, privateJwk } = made
  return (
    <Card id="token-card" title="Your token">
      <Facts
        facts={[
          ['Kind', privateJwk === undefined ? <Badge>Bearer</Badge> : <Badge tone="good">DPoP</Badge>],
          ['Good for', spanOf(expiresInSeconds)],
          ['Permissions', scopes.length === 0 ? 'none' : <Badges texts={scopes} />],
        ]}
      />
      <Remarks {...made} />
      <Block id="token" label="Token" text={token} />
      <div class="actions">
        <CopyButton of="token" label="Copy token" isLoud />
        <InspectForm token={token} apiId={api.id} />
      </div>
      {privateJwk === undefined ? (
        <WithCurl url={url} token={token} />
      ) : (
        <WithProof url={url} token={token} jwk={privateJwk} />
      )}
      {dpopModeOf(api) === 'none' || privateJwk !== undefined ? null : (
        <p class="hint">
          This API knows DPoP, too. Choose DPoP below for a token that is bound to a key: the API then needs a proof per
          request, signed with that key, which curl alone cannot make.
        </p>
      )}
    </Card>
  )
}

const Remarks: FC<TestToken> = ({ leftOut, isPlainDespiteProof }) => (
  <>
    {leftOut.length === 0 ? null : (
      <Said tone="note">
        <p>Left out: {leftOut.join(', ')}</p>
        <p>With RBAC a user gets only permissions of their own, and where there is a grant, only what it says.</p>
      </Said>
    )}
    {isPlainDespiteProof ? (
      <Said tone="note">
        <p>A plain Bearer token, although you asked for DPoP</p>
        <p>
          DPoP is set to “None” for this API: a proof is then left aside, as Auth0 does it. Allow it in the settings.
        </p>
      </Said>
    ) : null}
  </>
)

const WithCurl: FC<{ readonly url: string; readonly token: string }> = ({ url, token }) => (
  <>
    <h3>Try it</h3>
    <Block id="curl" label="curl line" text={curlLine(url, token)} isShort />
    <div>
      <CopyButton of="curl" label="Copy curl line" />
    </div>
  </>
)

const WithProof: FC<{ readonly url: string; readonly token: string; readonly jwk: JWK }> = ({ url, token, jwk }) => (
  <>
    <h3>Try it</h3>
    <p>
      This token is bound to a key: the API needs a proof per request, signed with that key, made for that method and
      that address, and good only once. A fixed curl line cannot do that. Save this program as <code>call.mjs</code> and
      run <code>node call.mjs</code>; it makes a new proof each time.
    </p>
    <Block id="program" label="Program" text={dpopProgram(url, token, jwk)} />
    <div>
      <CopyButton of="program" label="Copy program" />
    </div>
    <p class="hint">In an application, its Auth0 SDK keeps the key and makes the proofs once DPoP is on in it.</p>
  </>
)
