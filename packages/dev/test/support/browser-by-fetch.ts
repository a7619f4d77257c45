/** As much of a browser as a login takes: cookies, redirects and forms, without a script. */
export interface BrowserByFetch {
  /** @returns The page, or the address at which the browser stopped: one of another origin, such as a callback. */
  visit(url: string): Promise<PageByFetch>
  /** Presses the button with this text, in the form that it belongs to. */
  press(page: PageByFetch, text: string, fields?: Readonly<Record<string, string>>): Promise<PageByFetch>
}

export interface PageByFetch {
  readonly url: URL
  /** Of the last answer; none at an address of another origin, which is not visited. */
  readonly status: number | undefined
  readonly html: string
}

const maxRedirects = 10

/** @param origin The only one that is visited, so that cookies need no domain. */
export function createBrowserByFetch(origin: string, send: typeof fetch = fetch): BrowserByFetch {
  const cookies = new Map<string, string>()

  async function go(target: URL, init?: RequestInit): Promise<PageByFetch> {
    let url = target
    let request = init
    for (let redirects = 0; redirects < maxRedirects; redirects += 1) {
      if (url.origin !== origin) return { url, status: undefined, html: '' }
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      const response = await send(url, { ...request, redirect: 'manual', headers: { cookie } })
      for (const line of response.headers.getSetCookie()) keepCookie(line)
      const location = response.headers.get('location')
      if (location === null) return { url, status: response.status, html: await response.text() }
      await response.body?.cancel()
      url = new URL(location, url)
      request = undefined
    }
    throw new Error(`More than ${maxRedirects} redirects, the last one to ${url.pathname}.`)
  }

  function keepCookie(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    if (value === '' || /; *max-age=0/i.test(line)) cookies.delete(name)
    else cookies.set(name, value)
  }

  return {
    visit: (url) => go(new URL(url)),
    press: async (page, text, fields = {}) => {
      const { action, values } = formOf(page.html, text)
      const body = new URLSearchParams({ ...values, ...fields })
      return go(new URL(action, page.url), { method: 'POST', body })
    },
  }
}

function formOf(html: string, text: string) {
  const button = [...html.matchAll(/<button([^>]*)>([\s\S]*?)<\/button>/g)].find(([, , label = '']) =>
    plain(label).includes(text),
  )
  if (button === undefined) throw new Error(`There is no button "${text}" in: ${html.slice(0, 500)}`)
  const marks = attributesOf(button[1] ?? '')
  const form = [...html.matchAll(/<form([^>]*)>([\s\S]*?)<\/form>/g)].find((candidate) =>
    marks['form'] === undefined
      ? candidate.index < button.index && button.index < candidate.index + candidate[0].length
      : attributesOf(candidate[1] ?? '')['id'] === marks['form'],
  )
  if (form === undefined) throw new Error(`The button "${text}" belongs to no form.`)
  const inputs = [...(form[2] ?? '').matchAll(/<input([^>]*)>/g)].map(([, attributes = '']) => attributesOf(attributes))
  const values = [...inputs, marks].flatMap(({ name, value = '' }) => (name === undefined ? [] : [[name, value]]))
  return { action: attributesOf(form[1] ?? '')['action'] ?? '', values: Object.fromEntries(values) }
}

function attributesOf(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...text.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value = '']) => [name, plain(value)]),
  )
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

function plain(html: string): string {
  return html.replace(/&([\w#]+);/g, (whole, name: string) => entities[name] ?? whole)
}
