import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createResourceServer, type RefusalCode, RequestRefused, type Requirement } from 'sallyport'
import { createTestIssuer, type DpopClient, dpopClient, type TestIssuer } from 'sallyport/testing'
import { type Ended, runCli } from '../support/cli.js'

export const audience = 'https://api.test'
export const url = 'https://api.test/messages'

/** A token, and the request that it comes with. */
export interface Sent {
  readonly token: string
  readonly scheme?: 'Bearer' | 'DPoP'
  readonly proof?: string
  readonly method?: string
  readonly requirement?: Requirement & { readonly scopes?: string; readonly permissions?: string }
  /** The API asks for nonces. */
  readonly wantsNonce?: boolean
}

interface ExplainedCheck {
  readonly name: string
  readonly verdict: string
  readonly text: string
  readonly advice?: string
  readonly code?: RefusalCode
}

export interface Explained {
  readonly verdict: string
  readonly code: RefusalCode | null
  readonly checks: readonly ExplainedCheck[]
  readonly header?: Readonly<Record<string, unknown>>
  readonly claims?: Readonly<Record<string, unknown>>
}

/** An issuer that signs whatever it is asked to, a client with a key, an API, and a folder to run the CLI in. */
export interface ExplainBench {
  readonly issuer: TestIssuer
  readonly client: DpopClient
  readonly folder: string
  /** What a Sallyport API makes of it; `undefined`: it lets it in. */
  ask(sent: Sent): Promise<{ readonly code: RefusalCode; readonly nonce: string | undefined } | undefined>
  explain(sent: Sent, further?: readonly string[]): Promise<Ended & { readonly data: Explained }>
  file(name: string, content: string): Promise<string>
  close(): Promise<void>
}

export async function openExplainBench(): Promise<ExplainBench> {
  const issuer = await createTestIssuer({ listen: true, audience })
  const client = await dpopClient({ issuer })
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-explain-'))
  const file = async (name: string, content: string) => {
    await writeFile(join(folder, name), content)
    return name
  }
  await file('.env', `AUTH0_DOMAIN=${issuer.domain}\nAUTH0_AUDIENCE=${audience}\n`)
  const apis = {
    plain: createResourceServer({ domain: issuer.domain, audience }),
    withNonces: createResourceServer({
      domain: issuer.domain,
      audience,
      dpop: { nonce: { secrets: 'a secret of more than 32 characters' } },
    }),
  }

  async function ask({ token, scheme = 'Bearer', proof, method = 'GET', requirement, wantsNonce }: Sent) {
    const headers = { authorization: `${scheme} ${token}`, ...(proof === undefined ? {} : { dpop: proof }) }
    const api = wantsNonce === true ? apis.withNonces : apis.plain
    try {
      const auth = await api.authenticate({ method, url, headers }, { ...requirement })
      // What a handler asks for when it wants to know who acts.
      void auth?.delegationChain
      return undefined
    } catch (error) {
      if (!(error instanceof RequestRefused)) throw error
      return { code: error.code, nonce: error.nonce }
    }
  }

  async function explain(sent: Sent, further: readonly string[] = []) {
    const { token, scheme, proof, method = 'GET', requirement = {} } = sent
    const wanted = requirement.permissions ?? requirement.scopes
    const parameters = [
      ...(scheme === undefined ? [] : ['--scheme', scheme]),
      ...(proof === undefined
        ? []
        : ['--proof-file', await file('proof.txt', proof), '--method', method, '--url', url]),
      ...(wanted === undefined ? [] : ['--scope', wanted]),
      ...(requirement.permissions === undefined ? [] : ['--permissions']),
    ]
    const ended = await runCli(['explain', '--json', ...parameters, ...further], { cwd: folder, input: token })
    return { ...ended, data: (JSON.parse(ended.stdout) as { data: Explained }).data }
  }

  return {
    issuer,
    client,
    folder,
    ask,
    explain,
    file,
    close: async () => {
      for (const api of Object.values(apis)) api.close()
      await issuer.close()
      await rm(folder, { recursive: true })
    },
  }
}
