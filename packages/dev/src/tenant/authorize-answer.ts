import type { Context } from 'hono'
import { html, raw } from 'hono/html'
import type { ReturnAddress } from './authorize-request.js'
import { answerHeaders } from './page-headers.js'

type Answer = Readonly<Record<string, string>>

/** Takes an answer back to the application, in the way that it asked for. */
export async function answerTo(to: ReturnAddress, given: Answer, c: Context): Promise<Response> {
  const answer: Answer = { ...given, ...(to.state === undefined ? {} : { state: to.state }) }
  const url = new URL(to.redirect_uri)
  if (to.response_mode === 'form_post')
    return c.html(formPost(to.redirect_uri, answer), 200, answerHeaders(submit, url.origin))
  if (to.response_mode === 'web_message')
    return c.html(webMessage(url.origin, answer), 200, answerHeaders(post, url.origin))
  if (to.response_mode === 'fragment') url.hash = new URLSearchParams(answer).toString()
  else for (const [name, value] of Object.entries(answer)) url.searchParams.set(name, value)
  c.header('cache-control', 'no-store')
  return c.redirect(url.href)
}

const submit = 'document.forms[0].submit()'

/** OAuth 2.0 Form Post Response Mode, section 2. */
function formPost(action: string, answer: Answer) {
  const fields = Object.entries(answer).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )
  return html`<!doctype html><html lang="en"><title>Back to the application</title><body>
<form method="post" action="${action}">${fields}<noscript><button>Go on</button></noscript></form>
<script>${raw(submit)}</script></body></html>`
}

const post = `const { message, origin } = document.body.dataset
;(window.opener || window.parent).postMessage(JSON.parse(message), origin)`

/** For an iframe of the application, or its popup: only a page of that origin gets to see it. */
function webMessage(origin: string, answer: Answer) {
  const message = JSON.stringify({ type: 'authorization_response', response: answer })
  return html`<!doctype html><html lang="en"><title>Back to the application</title>
<body data-message="${message}" data-origin="${origin}"><script>${raw(post)}</script></body></html>`
}
