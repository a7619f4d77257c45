import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A registry that has this repository's packages as they would be published; the rest comes from the usual one. */
export interface Registry {
  /** What npm and npx take as their configuration. */
  readonly env: Readonly<Record<string, string>>
  close(): Promise<void>
}

interface Packed {
  readonly name: string
  readonly tarball: Buffer
  readonly manifest: { readonly version: string }
}

export async function startRegistry(): Promise<Registry> {
  const packages = [await pack('sallyport'), await pack('dev')]
  const upstream = (await run('npm', ['config', 'get', 'registry'], { cwd: tmpdir() })).stdout
    .trim()
    .replace(/\/?$/, '/')
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '/').slice(1)
    const found = packages.find(({ name }) => path === name || path === `${name}.tgz`)
    if (found === undefined) response.writeHead(302, { location: `${upstream}${request.url?.slice(1)}` }).end()
    else if (path.endsWith('.tgz')) response.end(found.tarball)
    else response.end(JSON.stringify(packument(found, address())))
  })
  const address = () => `http://localhost:${(server.address() as AddressInfo).port}/`
  server.listen(0, 'localhost')
  await once(server, 'listening')
  return {
    env: {
      npm_config_registry: address(),
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      npm_config_yes: 'true',
    },
    close: async () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function pack(folder: string): Promise<Packed> {
  const source = fileURLToPath(new URL(`../../../${folder}/`, import.meta.url))
  const target = await mkdtemp(join(tmpdir(), 'sallyport-pack-'))
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', target], {
    cwd: source,
  })
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }]
  const manifest = JSON.parse(await readFile(join(source, 'package.json'), 'utf8'))
  const tarball = await readFile(join(target, filename))
  await rm(target, { recursive: true })
  return { name: manifest.name, tarball, manifest }
}

function packument({ name, tarball, manifest }: Packed, registry: string): object {
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`
  const { version } = manifest
  return {
    name,
    'dist-tags': { latest: version },
    versions: { [version]: { ...manifest, dist: { tarball: `${registry}${name}.tgz`, integrity } } },
  }
}
