import { readFileSync } from 'node:fs'

export function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return `@sallyport/dev ${(JSON.parse(text) as { version: string }).version} on Node ${process.versions.node}, ${process.platform} ${process.arch}`
}
