import { readFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'

const bench = new URL('../', import.meta.url)

/** On what this run took place, as lines of a Markdown list. */
export function describeMachine(): readonly string[] {
  const { node, openssl, v8 } = process.versions
  return [
    `Date: ${new Date().toISOString().slice(0, 10)}`,
    `CPU: ${cpus()[0]?.model.trim() ?? 'unknown'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB of memory`,
    `Node.js ${node}, OpenSSL ${openssl}, V8 ${v8}, ${process.platform} ${process.arch}`,
    `Versions: ${versions().join(', ')}`,
  ]
}

function versions(): readonly string[] {
  const { dependencies } = readManifest('package.json') as { readonly dependencies: Readonly<Record<string, string>> }
  return Object.keys(dependencies).map((name) => `${name} ${readManifest(`node_modules/${name}/package.json`).version}`)
}

function readManifest(path: string): { readonly version?: string } {
  return JSON.parse(readFileSync(fileURLToPath(new URL(path, bench)), 'utf8')) as { readonly version?: string }
}
