import type { Tenant } from '../../src/index.js'

/** A browser without pictures: it keeps cookies, and follows nothing by itself. */
export interface Browser {
  readonly cookies: ReadonlyMap<string, string>
  get(path: string): Promise<Response>
  post(path: string, fields: Readonly<Record<string, string>>): Promise<Response>
  /** Sends a form of a page, with its hidden fields and what a person enters. */
  submit(html: string, entered: Readonly<Record<string, string>>): Promise<Response>
}

export function createBrowser({ issuer, fetch }: Pick<Tenant, 'issuer' | 'fetch'>): Browser {
  const cookies = new Map<string, string>()

  async function send(path: string, init: RequestInit): Promise<Response> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = cookie === '' ? {} : { cookie }
    const response = await fetch(new URL(path, issuer), { redirect: 'manual', ...init, headers })
    for (const line of response.headers.getSetCookie()) keep(line)
    return response
  }

  function keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';')
    const [name = '', value = ''] = pair.split('=', 2)
    if (attributes.some((attribute) => attribute.trim().toLowerCase() === 'max-age=0')) cookies.delete(name)
    else cookies.set(name, value)
  }

  const post = (path: string, fields: Readonly<Record<string, string>>) =>
    send(path, { method: 'POST', body: new URLSearchParams(fields) })

  return {
    cookies,
    get: (path) => send(path, {}),
    post,
    submit: (html, entered) => post(actionOf(html), { ...hiddenFields(html, Object.keys(entered)), ...entered }),
  }
}

/** Where the first form of a page goes. */
export function actionOf(html: string): string {
  const action = /<form\b[^>]*\baction="([^"]*)"/.exec(html)?.[1]
  if (action === undefined) throw new Error(`No form in: ${html}`)
  return unescaped(action)
}

/** The hidden fields of a form of a page: the first one that has all that is entered. */
export function hiddenFields(html: string, entered: readonly string[] = []): Readonly<Record<string, string>> {
  const forms = html.match(/<form\b[\s\S]*?<\/form>/g) ?? []
  const form = forms.find((one) => entered.every((name) => one.includes(`name="${name}"`))) ?? ''
  const inputs = [...form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)]
  return Object.fromEntries(inputs.map(([, name = '', value = '']) => [unescaped(name), unescaped(value)]))
}

const references: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

export function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => references[name] ?? '')
}
