import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import type { Page } from 'playwright-core'
import type { PageFunctions, PageSettings } from './browser-page.js'

/** A single-page application on a real server: every page has settings of its own. */
export interface BrowserApp {
  readonly origin: string
  /** Puts a page at a path that ends in a slash. */
  serve(path: string, settings: PageSettings): void
  close(): Promise<void>
}

export async function startBrowserApp(): Promise<BrowserApp> {
  const script = bundle()
  const pages = new Map<string, string>()
  const server = createServer(({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://localhost')
    if (pathname === '/page.js') return response.setHeader('content-type', 'text/javascript').end(script)
    const page = pages.get(pathname)
    if (page === undefined) return response.writeHead(404).end()
    return response.setHeader('content-type', 'text/html').end(page)
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`
  return {
    origin,
    serve: (path, settings) => void pages.set(path, htmlOf(settings, `${origin}${path}`)),
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())))
    },
  }
}

/** The buttons are for what leaves the page, or needs a person's press. */
function htmlOf(settings: PageSettings, url: string): string {
  const json = JSON.stringify(settings).replaceAll('<', '\\u003c')
  return `<!doctype html><html lang="en"><title>An application</title><body>
<button onclick="app.login()">Log in here</button>
<button onclick="app.popup = app.loginWithPopup()">Log in with a popup</button>
<button onclick="app.logout('${url}')">Log out</button>
<script>settings = ${json}</script><script src="/page.js"></script></body></html>`
}

/** At once, so that no process of the bundler stays behind. */
function bundle(): string {
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL('browser-page.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    logLevel: 'error',
  })
  return outputFiles[0]?.text ?? ''
}

/** Calls a function of the page that is open. */
export function inPage<Name extends keyof PageFunctions>(
  page: Page,
  name: Name,
  ...parameters: Parameters<PageFunctions[Name]>
): Promise<Awaited<ReturnType<PageFunctions[Name]>>> {
  return page.evaluate(
    ([called, given]) => Reflect.apply(Reflect.get(Reflect.get(globalThis, 'app'), called), undefined, given),
    [name, parameters] as const,
  )
}
