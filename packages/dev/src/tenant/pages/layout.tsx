import { html } from 'hono/html'
import type { FC, PropsWithChildren } from 'hono/jsx'
import { plainCss } from './styles.js'

const icon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#4338ca"/><path d="M9 26V15a7 7 0 0 1 14 0v11M16 26V14" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round"/></svg>',
)}`

export const Document: FC<
  PropsWithChildren<{ readonly title: string; readonly look: string; readonly css: string }>
> = ({ title, look, css, children }) =>
  html`<!doctype html>${(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{title} · Sallyport</title>
        <link rel="icon" href={icon} />
        <style dangerouslySetInnerHTML={{ __html: css }} />
      </head>
      <body class={look}>{children}</body>
    </html>
  )}`

export const Foot: FC = () => <footer>A local tenant for development. Nothing here is safe for production.</footer>

/** The frame of the pages that a user sees on the way to an application. */
export const Page: FC<PropsWithChildren<{ readonly title: string }>> = ({ title, children }) => (
  <Document title={title} look="plain" css={plainCss}>
    <main>
      <a class="brand" href="/">
        Sallyport
      </a>
      {children}
    </main>
    <Foot />
  </Document>
)
